#include "text/prompt.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>

#include "error_of.h"

namespace sfumato {
namespace {

using Parts = std::vector<WeightedText>;

const WeightedText kBreak = {.is_break = true};

TEST(Prompt, IsOnePartWithoutBrackets) {
  EXPECT_EQ(parse_weights("a cat, 3D style"), (Parts{{"a cat, 3D style"}}));
  EXPECT_EQ(parse_weights(""), (Parts{{""}}));
  EXPECT_EQ(parse_weights("  a: b  "), (Parts{{"  a: b  "}}));
}

// The examples that A1111's function is documented with.
TEST(Prompt, IsReadAsA1111ReadsIt) {
  EXPECT_EQ(parse_weights("an (important) word"), (Parts{{"an "}, {"important", 1.1}, {" word"}}));
  EXPECT_EQ(parse_weights("(unbalanced"), (Parts{{"unbalanced", 1.1}}));
  EXPECT_EQ(parse_weights("\\(literal\\]"), (Parts{{"(literal]"}}));
  EXPECT_EQ(parse_weights("(unnecessary)(parens)"), (Parts{{"unnecessaryparens", 1.1}}));
  EXPECT_EQ(parse_weights("a (((house:1.3)) [on] a (hill:0.5), sun, (((sky)))."), (Parts{{"a "},
                                                                                         {"house", 1.5730000000000004},
                                                                                         {" ", 1.1},
                                                                                         {"on", 1.0},
                                                                                         {" a ", 1.1},
                                                                                         {"hill", 0.55},
                                                                                         {", sun, ", 1.1},
                                                                                         {"sky", 1.4641000000000006},
                                                                                         {".", 1.1}}));
}

TEST(Prompt, TakesWeightsInEveryForm) {
  EXPECT_EQ(parse_weights("(a:1.3)"), (Parts{{"a", 1.3}}));
  EXPECT_EQ(parse_weights("(a: 1.3 )"), (Parts{{"a", 1.3}}));
  EXPECT_EQ(parse_weights("(a:-.5)"), (Parts{{"a", -0.5}}));
  EXPECT_EQ(parse_weights("(a:+2.)"), (Parts{{"a", 2}}));
  EXPECT_EQ(parse_weights("(a:0)"), (Parts{{"a", 0}}));
  EXPECT_EQ(parse_weights("[a]"), (Parts{{"a", 1 / 1.1}}));
  EXPECT_EQ(parse_weights("[[a]"), (Parts{{"a", 1 / 1.1 * (1 / 1.1)}}));
  EXPECT_EQ(parse_weights("[(a])"), (Parts{{"a", 1 / 1.1 * 1.1}}));
}

TEST(Prompt, TakesForTextWhatIsNoBracketAndNoWeight) {
  EXPECT_EQ(parse_weights("a) b] :-)"), (Parts{{"a) b] :-)"}}));
  EXPECT_EQ(parse_weights("a:1.3)"), (Parts{{"a:1.3)"}}));
  EXPECT_EQ(parse_weights("[a:1.3]"), (Parts{{"a:1.3", 1 / 1.1}}));
  for (const std::string word : {"1.2.3", "x", "1e3", ".", "", "-", "inf", "nan", "1,2", "\u0663"})
    EXPECT_EQ(parse_weights("(a:" + word + ")"), (Parts{{"a:" + word, 1.1}})) << word;
  EXPECT_EQ(parse_weights("a\\b \\\\ \\: \\"), (Parts{{"ab \\ : "}}));
}

TEST(Prompt, BreaksWhereTheWordStandsAlone) {
  EXPECT_EQ(parse_weights("a BREAK b"), (Parts{{"a"}, kBreak, {"b"}}));
  EXPECT_EQ(parse_weights("a,BREAK\n b"), (Parts{{"a,"}, kBreak, {"b"}}));
  EXPECT_EQ(parse_weights("BREAK"), (Parts{{""}, kBreak, {""}}));
  EXPECT_EQ(parse_weights("a BREAK BREAK b"), (Parts{{"a"}, kBreak, {""}, kBreak, {"b"}}));
  EXPECT_EQ(parse_weights("(a BREAK b:1.2)"), (Parts{{"a", 1.2}, kBreak, {"b", 1.2}}));
  EXPECT_EQ(parse_weights("\u3000BREAK\u3000"), (Parts{{""}, kBreak, {""}}));
  for (const std::string text : {"BREAKFAST", "DAYBREAK", "break", "_BREAK", "\u00e9BREAK", "BREAK\u4e2d", "BREAK2"})
    EXPECT_EQ(parse_weights(text), (Parts{{text}})) << text;
}

TEST(Prompt, IsReadAsTheRuleSays) {
  EXPECT_EQ(parse_weights("(a:1.3) BREAK b", Weighting::none), (Parts{{"(a:1.3) BREAK b"}}));
  EXPECT_EQ(parse_weights("(a:1.3) b", Weighting::ignore), (Parts{{"a", 1}, {" b", 1}}));
  EXPECT_EQ(parse_weights("(a:1.3) b", Weighting::comfy), (Parts{{"a", 1.3}, {" b", 1}}));
}

TEST(Prompt, RefusesWeightsThatLeaveNoPicture) {
  const auto refusal = [](const std::string& prompt) {
    return error_of([&] { check_weights("prompt", parse_weights(prompt)); });
  };
  EXPECT_EQ(refusal("(a:100)(b:-100)[[[c]]]"), "no error");
  EXPECT_EQ(
      refusal("a (b\x1b:-100.5)"),
      "usage: `prompt`: \"b\\x1b\" weighs -100.5 with its brackets; from -100 to 100 is expected. Take fewer brackets, "
      "write \\( for a literal bracket, or set `weighting` none.");
  EXPECT_EQ(refusal("(a:" + std::string(400, '9') + ")").substr(0, 35), "usage: `prompt`: \"a\" weighs inf wit");
  EXPECT_EQ(refusal("(a:0." + std::string(400, '0') + "1)"), "no error");
  EXPECT_EQ(refusal(std::string(60, '(') + ":-)").substr(0, 16), "usage: `prompt`:");
  EXPECT_EQ(refusal("(x:0)" + std::string(100'000, '(')), "no error") << "brackets around nothing";
}

TEST(Prompt, NestsWithoutEnd) {
  const std::string open(100'000, '('), close(100'000, ')'), square(100'000, '[');
  EXPECT_TRUE(std::isinf(parse_weights(open + "a" + close).front().weight));
  EXPECT_LT(parse_weights(square + "a").front().weight, 1e-300);
  EXPECT_EQ(parse_weights(close), (Parts{{close}}));
  std::string nested;
  for (int i = 0; i < 20'000; ++i) nested += "(a";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(parse_weights(nested).front().text, "a");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Prompt, MayBeAnyBytes) {
  std::mt19937 random(1);
  const std::string_view signs = "()[]\\:.0129-+ BREAK,\n";
  for (int i = 0; i < 100'000; ++i) {
    std::string prompt(random() % 48, '\0');
    for (char& byte : prompt) byte = random() % 4 != 0 ? signs[random() % signs.size()] : static_cast<char>(random());
    const Parts parts = parse_weights(prompt);
    ASSERT_FALSE(parts.empty());
    std::size_t bytes = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      bytes += parts[k].text.size();
      const bool meet = k > 0 && !parts[k].is_break && !parts[k - 1].is_break;
      ASSERT_FALSE(meet && parts[k].weight == parts[k - 1].weight);
    }
    ASSERT_LE(bytes, prompt.size());
    if (error_of([&] { check_weights("prompt", parts); }) != "no error") continue;
    for (const WeightedText& part : parts) ASSERT_TRUE(std::isfinite(part.weight));
  }
}

TEST(Prompt, ChecksBothPromptsByTheirRule) {
  GenerateOptions options;
  options.negative_prompt = "(a:101)";
  EXPECT_EQ(error_of([&] { check_prompts(options); }).substr(0, 43), "usage: `negative_prompt`: \"a\" weighs 101 wi");
  options.weighting = Weighting::none;
  EXPECT_EQ(error_of([&] { check_prompts(options); }), "no error");
}

}  // namespace
}  // namespace sfumato

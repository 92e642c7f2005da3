#include "jobs/prompt_grammar.h"

#include <gtest/gtest.h>

#include <map>

#include "error_of.h"

namespace sfumato {
namespace {

PromptRules rules(bool combinatorial) {
  return {.combinatorial = combinatorial, .wildcard = [combinatorial](const std::string& name, const std::string&) {
            auto group = std::make_shared<PromptGroup>();
            for (const char* const end : {"1", "2", "3"}) {
              group->add({.parts = {{.text = name + end}}}, combinatorial, "");
            }
            return group;
          }};
}

// All that a prompt becomes, separated by "; ".
std::string prompts(const std::string& text, bool combinatorial = false) {
  const PromptText parsed = parse_prompt(text, "`prompt`", rules(combinatorial));
  auto all = std::make_shared<PromptGroup>();
  all->add(parsed, combinatorial, "`prompt`");
  const PromptPart whole{.group = all};
  std::string result;
  for (std::uint64_t i = 0; i < count_of(whole, combinatorial); ++i) {
    result += (i == 0 ? "" : "; ") + expand(whole, i, combinatorial, nullptr);
  }
  return result;
}

std::string chosen(const std::string& text, std::uint64_t seed) {
  PromptChoices choices(seed);
  std::string result;
  for (const PromptPart& part : parse_prompt(text, "`prompt`", rules(false)).parts) {
    result += expand(part, 0, false, &choices);
  }
  return result;
}

TEST(PromptGrammar, TakesEachAlternative) {
  EXPECT_EQ(prompts("a {red|blue} fox"), "a red fox; a blue fox");
  EXPECT_EQ(prompts("{a|b}{c|d}"), "ac; ad; bc; bd");
  EXPECT_EQ(prompts("a{| b}"), "a; a b");
}

TEST(PromptGrammar, TakesAlternativesInAlternatives) {
  EXPECT_EQ(prompts("{a|b {c|d {e|f}}}!"), "a!; b c!; b d e!; b d f!");
}

TEST(PromptGrammar, LeavesBracesAloneThatOfferNoChoice) {
  for (const char* const text :
       {"", "{}", "a {fox}", "} a", "a | b", "((((", "[a, b]", "a \\(b\\)", "_a_", "__", "____", "__ __"}) {
    EXPECT_EQ(prompts(text), text);
  }
  EXPECT_EQ(prompts("a {b {c|d}}"), "a {b c}; a {b d}");
}

TEST(PromptGrammar, TakesEscapedCharactersAsThemselves) {
  EXPECT_EQ(prompts("\\{a\\|b\\}"), "{a|b}");
  EXPECT_EQ(prompts("{a\\|b|\\}}"), "a|b; }");
  EXPECT_EQ(prompts("\\__name__"), "__name__");
  EXPECT_EQ(prompts("a\\b\\"), "a\\b\\");
}

TEST(PromptGrammar, FindsWildcards) {
  EXPECT_EQ(prompts("a __x/y_z__ b"), "a __x/y_z__ b");
  EXPECT_EQ(prompts("a __x__", true), "a x1; a x2; a x3");
  EXPECT_EQ(prompts("{__x__|c}", true), "x1; x2; x3; c");
  EXPECT_TRUE(has_wildcard(parse_prompt("{a|{b|__x__}}", "", rules(false))));
  EXPECT_FALSE(has_wildcard(parse_prompt("{a|b} __", "", rules(false))));
}

TEST(PromptGrammar, ChoosesByTheSeedAlone) {
  EXPECT_EQ(chosen("__x__ __x__", 7), chosen("__x__ __x__", 7));
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) ++seen[chosen("__x__", seed)];
  ASSERT_EQ(seen.size(), 3U);
  for (const auto& [text, times] : seen) EXPECT_NEAR(times, 1000, 120) << text;
  int equal = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const std::string both = chosen("__x__,__x__", seed);
    equal += both.substr(0, 2) == both.substr(3) ? 1 : 0;
  }
  EXPECT_NEAR(equal, 1000, 120) << "two choices of one picture are independent";
}

TEST(PromptGrammar, ChoosesWithSplitMix64) {
  // The first numbers of SplitMix64 started with 0 begin with e220a839, 6e789e6a, 06c45d18.
  PromptChoices choices(0);
  EXPECT_EQ(choices.among(1 << 16), 0xe220U);
  EXPECT_EQ(choices.among(1 << 16), 0x6e78U);
  EXPECT_EQ(choices.among(1 << 16), 0x06c4U);
}

TEST(PromptGrammar, RefusesWhatItCannotMeanAsItIs) {
  const auto error = [](const std::string& text) { return error_of([&] { (void)prompts(text); }); };
  EXPECT_EQ(error("a {b|c"), "usage: `prompt`: byte 3: '{' has no '}'; a literal brace is written \\{.");
  EXPECT_EQ(error("{2$$a|b|c}"),
            "usage: `prompt`: byte 1: {2$$...} is not supported; write the alternatives out: {a|b}.");
  EXPECT_EQ(error("{0.5::a|b}"),
            "usage: `prompt`: byte 1: {0.5::...} is not supported; write the alternatives out: {a|b}.");
  EXPECT_EQ(error(std::string(100000, '{')), "usage: `prompt`: byte 33: braces nest more than 32 deep.");
  std::string many;
  for (int i = 0; i < 10; ++i) many += "{0|1|2|3|4|5|6|7|8|9}";
  EXPECT_EQ(error(many), "usage: `prompt`: more than 1000000000 pictures. Make the lists shorter.");
}

}  // namespace
}  // namespace sfumato

#include "cli/command_words.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

constexpr CommandFlag kKnown[] = {{.name = "--model", .letter = "-m", .takes_value = true}, {.name = "--job-json"}};

CommandWords parse(const std::vector<const char*>& words) { return parse_command(words, kKnown); }
std::string refusal(const std::vector<const char*>& words) {
  return error_of([&] { (void)parse(words); });
}

TEST(CommandWords, AreFlagsAndTheRest) {
  const CommandWords words = parse({"a", "-m", "x", "--job_json", "-", "b"});
  EXPECT_EQ(words.value("--model"), "x");
  EXPECT_TRUE(words.has("--job-json"));
  EXPECT_EQ(words.others, (std::vector<std::string>{"a", "-", "b"}));
  EXPECT_FALSE(words.help);
  EXPECT_FALSE(parse({}).value("--model"));
}

TEST(CommandWords, TakeAValueBehindAnEqualsSign) {
  EXPECT_EQ(parse({"--model=a=b"}).value("--model"), "a=b");
  EXPECT_EQ(parse({"--model="}).value("--model"), "");
}

TEST(CommandWords, AreNoFlagsBehindTwoDashes) {
  EXPECT_EQ(parse({"--", "-m", "--"}).others, (std::vector<std::string>{"-m", "--"}));
}

TEST(CommandWords, MayAskForHelp) {
  EXPECT_TRUE(parse({"-h"}).help);
  EXPECT_TRUE(parse({"a", "--help"}).help);
}

TEST(CommandWords, AreRefusedWhenTheyAreNotKnown) {
  EXPECT_EQ(refusal({"--modle", "x"}), "usage: --modle: no such flag. Did you mean --model?");
  EXPECT_EQ(refusal({"-\x1b"}), "usage: -\\x1b: no such flag.");
  EXPECT_EQ(refusal({"-m"}), "usage: -m: a value is missing.");
  EXPECT_EQ(refusal({"--job-json=1"}), "usage: --job-json: takes no value.");
  EXPECT_EQ(refusal({"-m", "a", "--model", "b"}), "usage: --model: is given more than once.");
}

}  // namespace
}  // namespace sfumato

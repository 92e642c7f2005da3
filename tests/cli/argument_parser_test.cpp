#include "cli/argument_parser.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "jobs/flag_words.h"

namespace sfumato {
namespace {

const std::vector<FlagSpec> kFlags = {
    {.name = "--model", .letter = "-m", .aliases = {"--the-bundle"}, .value = FlagSpec::Value::text},
    {.name = "--dry-run-only"},
    {.name = "--exact", .value = FlagSpec::Value::boolean},
    {.name = "--quiet", .letter = "-q"}};

ParsedArgs parse(const std::vector<const char*>& arguments) { return parse_arguments(arguments, kFlags); }
std::string refusal(const std::vector<const char*>& arguments) {
  return with_flags(error_of([&] { (void)parse(arguments); }));
}

TEST(ArgumentParser, TellsFlagsFromPositionalArguments) {
  const ParsedArgs args = parse({"a", "-m", "x", "--dry-run-only", "-", "b"});
  EXPECT_EQ(args.value("--model"), "x");
  EXPECT_TRUE(args.has("--dry-run-only"));
  EXPECT_FALSE(args.has("--quiet"));
  EXPECT_EQ(args.positionals, (std::vector<std::string>{"a", "-", "b"}));
  EXPECT_FALSE(args.help);
  EXPECT_FALSE(parse({}).value("--model"));
}

TEST(ArgumentParser, KeepsTheOrder) {
  const ParsedArgs args = parse({"-q", "a", "--model", "x", "b"});
  ASSERT_EQ(args.settings.size(), 3U);
  EXPECT_EQ(args.settings[0].name, "--quiet");
  EXPECT_EQ(args.settings[1].name + "=" + args.settings[1].text, "=a");
  EXPECT_EQ(args.settings[2].name + "=" + args.settings[2].text, "--model=x");
}

TEST(ArgumentParser, TakesUnderscoresForDashesInNamesAlone) {
  EXPECT_TRUE(parse({"--dry_run_only"}).has("--dry-run-only"));
  EXPECT_TRUE(parse({"--dry_run-only"}).has("--dry-run-only"));
  EXPECT_EQ(parse({"--the_bundle=a_b"}).value("--model"), "a_b");
  EXPECT_EQ(parse({"--model", "--low_quality"}).value("--model"), "--low_quality");
  EXPECT_EQ(parse({"-m", "--dry_run_only"}).value("--model"), "--dry_run_only");
}

TEST(ArgumentParser, TakesAValueAfterAnEqualsSign) {
  EXPECT_EQ(parse({"--model=a=b"}).value("--model"), "a=b");
  EXPECT_EQ(parse({"--model=", "a"}).value("--model"), "");
  EXPECT_EQ(parse({"--model=", "a"}).positionals, std::vector<std::string>{"a"});
  EXPECT_EQ(parse({"-m", "--exact="}).value("--model"), "--exact=");
  EXPECT_EQ(refusal({"--modle="}), "usage: --modle=: no such flag. Did you mean --model? --help lists them all.");
}

TEST(ArgumentParser, TakesBooleans) {
  EXPECT_EQ(parse({"--exact"}).value("--exact"), "true");
  EXPECT_EQ(parse({"--no-exact"}).value("--exact"), "false");
  EXPECT_EQ(parse({"--no_exact"}).value("--exact"), "false");
  EXPECT_EQ(parse({"--exact=cat"}).value("--exact"), "cat");
}

TEST(ArgumentParser, TakesLettersTogether) {
  const ParsedArgs args = parse({"-qm", "x"});
  EXPECT_TRUE(args.has("--quiet"));
  EXPECT_EQ(args.value("--model"), "x");
}

TEST(ArgumentParser, TakesNoFlagAfterTwoDashes) {
  EXPECT_EQ(parse({"--", "-m", "--"}).positionals, (std::vector<std::string>{"-m", "--"}));
  EXPECT_EQ(parse({"a", "--", "-m"}).positionals, (std::vector<std::string>{"a", "-m"}));
}

TEST(ArgumentParser, TakesListsInBracketsAsText) {
  EXPECT_EQ(parse({"[a,b]", "[c]"}).positionals, (std::vector<std::string>{"[a,b]", "[c]"}));
  EXPECT_EQ(parse({"-m", "[a,b]"}).value("--model"), "[a,b]");
}

TEST(ArgumentParser, KnowsHelp) {
  EXPECT_TRUE(parse({"-h"}).help);
  EXPECT_TRUE(parse({"a", "--help"}).help);
}

TEST(ArgumentParser, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal({"--modle", "x"}), "usage: --modle: no such flag. Did you mean --model? --help lists them all.");
  EXPECT_EQ(refusal({"--dry_run_onli"}),
            "usage: --dry_run_onli: no such flag. Did you mean --dry-run-only? --help lists them all.");
  EXPECT_EQ(refusal({"-\x1b"}), "usage: -\\x1b: no such flag. --help lists them all.");
  EXPECT_EQ(refusal({"a", "-5"}), "usage: -5: no such flag. --help lists them all.");
}

TEST(ArgumentParser, RefusesMissingRepeatedAndNeedlessValues) {
  EXPECT_EQ(refusal({"-m"}), "usage: --model: a value is missing.");
  EXPECT_EQ(refusal({"-m", "a", "--the-bundle", "b"}), "usage: --model: is given more than once.");
  EXPECT_EQ(refusal({"-q", "--quiet"}), "usage: --quiet: is given more than once.");
  EXPECT_EQ(refusal({"--exact", "--no-exact"}), "usage: --exact: is given more than once.");
  EXPECT_EQ(refusal({"--quiet=1"}), "usage: --quiet: takes no value.");
}

}  // namespace
}  // namespace sfumato

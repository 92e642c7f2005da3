#include "cli/cli_options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <regex>

#include "cli/flags.h"
#include "cli/help.h"
#include "error_of.h"
#include "jobs/flag_words.h"

namespace sfumato {
namespace {

CliResult parse_all(const std::vector<const char*>& words) { return parse_cli(words, help_text()); }

// The options of a prompt and these arguments.
CliOptions parse(std::initializer_list<const char*> words) {
  std::vector<const char*> all = {"a cat"};
  all.insert(all.end(), words);
  return parse_all(all).options.value();
}

// The value of an option of a picture; "(nothing)" if it is not given.
std::string text_of(const CliOptions& options, std::string_view name) {
  for (const OptionSetting& setting : options.settings) {
    if (setting.option->name == name) return setting.texts.front();
  }
  return "(nothing)";
}

std::string error_in(std::initializer_list<const char*> words) {
  return with_flags(error_of([&] { (void)parse(words); }));
}

std::string error_in_all(const std::vector<const char*>& words) {
  return with_flags(error_of([&] { (void)parse_all(words); }));
}

TEST(CliOptions, LeavesEverythingElseToTheModel) {
  const CliOptions options = parse({});
  ASSERT_EQ(options.settings.size(), 1U);
  EXPECT_EQ(text_of(options, "prompt"), "a cat");
  EXPECT_FALSE(is_set(options.settings, find_job_option("model")));
  EXPECT_EQ(options.choice.trust, Trust::known);
  EXPECT_FALSE(options.run.strict_prompt || options.run.overwrite || options.json || options.quiet || options.verbose ||
               options.debug || options.zip || options.combinatorial || options.plan || options.plan_time ||
               options.run.stop.fail_fast || options.run.retry || options.run.new_model);
  EXPECT_EQ(options.from_file + options.from_image + options.run.sheet.string(), "");
  EXPECT_EQ(options.run.shard.count, 1U);
  EXPECT_FALSE(options.is_sharded);
  EXPECT_EQ(options.wildcards, "wildcards");
  EXPECT_EQ(options.run.stop.grace, 20);
  EXPECT_FALSE(options.run.stop.time_limit || options.run.stop.job_timeout);
  EXPECT_TRUE(options.run.with_metadata);
  EXPECT_EQ(options.output, "");
  EXPECT_EQ(options.runtime.device, "auto");
  EXPECT_FALSE(options.runtime.dtype);
  EXPECT_EQ(options.runtime.threads, 0);
  EXPECT_EQ(options.runtime.batch_size, 1);
}

TEST(CliOptions, TakesEveryFlag) {
  const CliOptions options = parse({"-n",
                                    "blurry",
                                    "--steps",
                                    "7",
                                    "--cfg-scale",
                                    "2.5",
                                    "--sampling-method",
                                    "euler_a",
                                    "--scheduler",
                                    "karras",
                                    "--eta",
                                    "0.5",
                                    "--seed",
                                    "18446744073709551615",
                                    "--batch-count",
                                    "3",
                                    "--width",
                                    "64",
                                    "--height",
                                    "32",
                                    "--model",
                                    "mine",
                                    "--trust",
                                    "--device",
                                    "cpu",
                                    "--dtype",
                                    "bfloat16",
                                    "--threads",
                                    "2",
                                    "--batch-size",
                                    "4",
                                    "--output",
                                    "out/",
                                    "--overwrite",
                                    "--no-metadata",
                                    "--strict-prompt",
                                    "--json",
                                    "--quiet",
                                    "--verbose",
                                    "--debug",
                                    "--zip",
                                    "--combinatorial",
                                    "--wildcards",
                                    "words",
                                    "--grid",
                                    "sheet.png",
                                    "--from-image",
                                    "x.png",
                                    "--shard",
                                    "1/4",
                                    "--fail-fast",
                                    "--retry",
                                    "--new-model",
                                    "--grace",
                                    "1.5",
                                    "--time-limit",
                                    "60",
                                    "--job-timeout",
                                    "9",
                                    "--plan"});
  EXPECT_EQ(text_of(options, "negative_prompt"), "blurry");
  EXPECT_EQ(text_of(options, "steps"), "7");
  EXPECT_EQ(text_of(options, "cfg_scale"), "2.5");
  EXPECT_EQ(text_of(options, "sampling_method"), "euler_a");
  EXPECT_EQ(text_of(options, "scheduler"), "karras");
  EXPECT_EQ(text_of(options, "eta"), "0.5");
  EXPECT_EQ(text_of(options, "seed"), "18446744073709551615");
  EXPECT_EQ(text_of(options, "batch_count"), "3");
  EXPECT_EQ(text_of(options, "width"), "64");
  EXPECT_EQ(text_of(options, "height"), "32");
  EXPECT_TRUE(options.zip && options.combinatorial && options.run.stop.fail_fast && options.run.retry &&
              options.run.new_model && options.plan);
  EXPECT_FALSE(options.plan_time);
  EXPECT_EQ(options.wildcards, "words");
  EXPECT_EQ(options.run.sheet, "sheet.png");
  EXPECT_EQ(options.from_image, "x.png");
  EXPECT_EQ(options.run.shard.index, 1U);
  EXPECT_EQ(options.run.shard.count, 4U);
  EXPECT_TRUE(options.is_sharded);
  EXPECT_EQ(options.run.stop.grace, 1.5);
  EXPECT_EQ(options.run.stop.time_limit, 60);
  EXPECT_EQ(options.run.stop.job_timeout, 9);
  EXPECT_EQ(text_of(options, "model"), "mine");
  EXPECT_EQ(options.choice.trust, Trust::checked);
  EXPECT_TRUE(options.run.strict_prompt && options.run.overwrite && options.json && options.quiet && options.verbose &&
              options.debug);
  EXPECT_FALSE(options.run.with_metadata);
  EXPECT_EQ(options.output, "out/");
  EXPECT_EQ(options.runtime.device, "cpu");
  EXPECT_EQ(options.runtime.dtype, Dtype::bfloat16);
  EXPECT_EQ(options.runtime.threads, 2);
  EXPECT_EQ(options.runtime.batch_size, 4);
}

TEST(CliOptions, TakesFlagsOfPicturesThatHaveNoValue) {
  const CliOptions options = parse({"-i", "-", "--exact_steps", "--no-mask-invert", "--seed", "7"});
  EXPECT_EQ(text_of(options, "init_img"), "-");
  EXPECT_EQ(text_of(options, "exact_steps"), "true");
  EXPECT_EQ(text_of(options, "mask_invert"), "false");
  EXPECT_EQ(text_of(options, "seed"), "7");
  EXPECT_EQ(error_in({"--init-img-sha256", "x"}), "usage: --init-img-sha256: no such flag. --help lists them all.");
}

TEST(CliOptions, TakesShortFlags) {
  const CliOptions options = parse_all({"-p", "a dog", "-n", "blurry", "-s", "7", "-b", "3", "-W", "64", "-H", "32",
                                        "-m", "mine", "-t", "2", "-o", "x.png", "-qv"})
                                 .options.value();
  EXPECT_EQ(text_of(options, "prompt"), "a dog");
  EXPECT_EQ(text_of(options, "negative_prompt"), "blurry");
  EXPECT_EQ(text_of(options, "seed"), "7");
  EXPECT_EQ(text_of(options, "batch_count"), "3");
  EXPECT_EQ(text_of(options, "width"), "64");
  EXPECT_EQ(text_of(options, "height"), "32");
  EXPECT_EQ(text_of(options, "model"), "mine");
  EXPECT_EQ(options.runtime.threads, 2);
  EXPECT_EQ(options.output, "x.png");
  EXPECT_TRUE(options.quiet && options.verbose);
}

TEST(CliOptions, KnowsTheNamesOfOtherPrograms) {
  EXPECT_EQ(text_of(parse({"--scale", "2"}), "cfg_scale"), "2");
  EXPECT_EQ(text_of(parse({"--guidance-scale", "2"}), "cfg_scale"), "2");
  EXPECT_EQ(text_of(parse({"--sampler", "pndm"}), "sampling_method"), "pndm");
  EXPECT_EQ(text_of(parse({"--num-inference-steps", "9"}), "steps"), "9");
  EXPECT_EQ(text_of(parse({"--batch", "2"}), "batch_count"), "2");
}

TEST(CliOptions, KeepsValuesThatLookLikeFlags) {
  EXPECT_EQ(text_of(parse({"-n", "--low_quality"}), "negative_prompt"), "--low_quality");
  EXPECT_EQ(text_of(parse({"--negative_prompt", "--no_text=a_b"}), "negative_prompt"), "--no_text=a_b");
  EXPECT_EQ(parse({"-o", "--a_b.png"}).output, "--a_b.png");
}

TEST(CliOptions, TakesUnderscoresForDashesInAFlagAndEqualSigns) {
  EXPECT_EQ(text_of(parse({"--cfg_scale", "2"}), "cfg_scale"), "2");
  EXPECT_EQ(text_of(parse({"--cfg_scale=2"}), "cfg_scale"), "2");
  EXPECT_EQ(text_of(parse({"--negative_prompt=a_b"}), "negative_prompt"), "a_b");
  EXPECT_EQ(text_of(parse({"--sampling_method=euler_a"}), "sampling_method"), "euler_a");
  EXPECT_EQ(parse({"--output=a=b.png"}).output, "a=b.png");
}

TEST(CliOptions, TakesFlagsBeforeAndAfterThePrompt) {
  const CliOptions options = parse_all({"--steps", "3", "a cat", "-s", "7"}).options.value();
  EXPECT_EQ(text_of(options, "prompt"), "a cat");
  EXPECT_EQ(text_of(options, "steps"), "3");
  EXPECT_EQ(text_of(options, "seed"), "7");
}

TEST(CliOptions, TakesThePromptAsItIs) {
  for (const char* const prompt : {"", " ", "[a, b]", "{}", "{a|b}", "%%", "'a'", "\"a\"", "a,b;c", "a=b", "cat # dog",
                                   "\U0001F600", "1", "\x1b[2J"}) {
    EXPECT_EQ(text_of(parse_all({prompt}).options.value(), "prompt"), prompt);
    EXPECT_EQ(text_of(parse_all({"-p", prompt}).options.value(), "prompt"), prompt);
    EXPECT_EQ(text_of(parse({"-n", prompt}), "negative_prompt"), prompt);
  }
}

TEST(CliOptions, TakesAPromptThatLooksLikeAFlagAfterTwoDashes) {
  EXPECT_EQ(text_of(parse_all({"--steps", "3", "--", "--a_b"}).options.value(), "prompt"), "--a_b");
  EXPECT_EQ(text_of(parse_all({"--prompt=--a_b"}).options.value(), "prompt"), "--a_b");
}

TEST(CliOptions, TakesRandomSeeds) {
  EXPECT_EQ(text_of(parse({"--seed", "random"}), "seed"), "random");
  EXPECT_EQ(text_of(parse({"--seed", "-1"}), "seed"), "-1");
  EXPECT_EQ(text_of(parse({"--seed=-1"}), "seed"), "-1");
}

TEST(CliOptions, KeepsTheOrderInWhichOptionsOfPicturesWereSaid) {
  const CliOptions options = parse_all({"--seed", "1,2", "--steps=3", "a cat", "--cfg-scale", "2"}).options.value();
  std::string order;
  for (const OptionSetting& setting : options.settings) order += std::string(setting.option->name) + " ";
  EXPECT_EQ(order, "seed steps prompt cfg_scale ");
}

TEST(CliOptions, TakesListsOfEveryOptionButPrompts) {
  EXPECT_EQ(text_of(parse({"--seed", "1..64,7"}), "seed"), "1..64,7");
  EXPECT_EQ(error_in({"--seed", "1..x"}), "usage: --seed: \"1..x\": a range such as 1..64 or 100..200:10 is expected.");
  EXPECT_EQ(error_in({"--steps", "1,,2"}), "usage: --steps: \"\": a whole number from 1 to 1000 is expected.");
}

TEST(CliOptions, TakesAFileOfPromptsInsteadOfAPrompt) {
  EXPECT_EQ(parse_all({"-f", "prompts.txt", "--steps", "3"}).options.value().from_file, "prompts.txt");
  EXPECT_EQ(parse_all({"-f", "-"}).options.value().from_file, "-");
  EXPECT_EQ(error_in({"-f", "prompts.txt"}),
            "usage: --from-file: the lines of the file are the prompts. Leave the prompt on the command line out.");
  EXPECT_EQ(parse_all({"--from-image", "x.png"}).options.value().from_image, "x.png");
}

TEST(CliOptions, TakesTheTimeOfAPlanAsAPlan) { EXPECT_TRUE(parse({"--plan-time"}).plan); }

TEST(CliOptions, TakesAutoAsADtype) { EXPECT_EQ(parse({"--dtype", "auto"}).runtime.dtype, std::nullopt); }

TEST(CliOptions, RefusesNumbersThatAreNone) {
  EXPECT_EQ(error_in({"--steps", "abc"}), "usage: --steps: \"abc\": a whole number from 1 to 1000 is expected.");
  EXPECT_EQ(error_in({"--steps", "-1"}), "usage: --steps: \"-1\": a whole number from 1 to 1000 is expected.");
  EXPECT_EQ(error_in({"--steps", "0"}), "usage: --steps: \"0\": a whole number from 1 to 1000 is expected.");
  EXPECT_EQ(error_in({"--seed", "1.5"}),
            "usage: --seed: \"1.5\": a whole number from 0 to 18446744073709551615, or random, is expected.");
  EXPECT_EQ(error_in({"--seed", "18446744073709551616"}),
            "usage: --seed: \"18446744073709551616\": a whole number from 0 to 18446744073709551615, or random, is "
            "expected.");
  EXPECT_EQ(error_in({"-W", "1000000"}), "usage: --width: \"1000000\": a whole number from 1 to 4096 is expected.");
  EXPECT_EQ(error_in({"-H", "x"}), "usage: --height: \"x\": a whole number from 1 to 4096 is expected.");
  EXPECT_EQ(error_in({"--cfg-scale", "nan"}), "usage: --cfg-scale: \"nan\": a number from 0 to 100 is expected.");
  EXPECT_EQ(error_in({"--scale", "-1"}), "usage: --cfg-scale: \"-1\": a number from 0 to 100 is expected.");
  EXPECT_EQ(error_in({"--eta", "2"}), "usage: --eta: \"2\": a number from 0 to 1 is expected.");
  EXPECT_EQ(error_in({"-b", "0"}), "usage: --batch-count: \"0\": a whole number from 1 to 1000000 is expected.");
  EXPECT_EQ(error_in({"-t", "0"}), "usage: --threads: \"0\": a whole number from 1 to 1024 is expected.");
  EXPECT_EQ(error_in({"--batch-size", "257"}),
            "usage: --batch-size: \"257\": a whole number from 1 to 256 is expected.");
  EXPECT_EQ(error_in({"--steps", ""}), "usage: --steps: \"\": a whole number from 1 to 1000 is expected.");
}

TEST(CliOptions, NamesTheWordsItKnows) {
  EXPECT_EQ(error_in({"--sampler", "dpm"}),
            "usage: --sampling-method: \"dpm\" is not known; one of ddim, pndm, ddpm, euler, euler_a, "
            "heun, lms, dpm2, dpm2_a, dpm++2s_a, dpm++2m, dpm++2m_sde, dpm++sde, unipc, lcm, "
            "dpm++3m_sde, dpm++2m_sde_heun, euler_cfg_pp, euler_a_cfg_pp, deis, ipndm, ipndm_v, heunpp2, tcd, "
            "res_multistep, gradient_estimation, er_sde, sa_solver, restart, dpm_fast, dpm_adaptive is expected.");
  EXPECT_EQ(
      error_in({"--scheduler", "none"}),
      "usage: --scheduler: \"none\" is not known; one of discrete, karras, exponential, sgm_uniform, simple, normal, "
      "ddim_uniform, beta, beta_timesteps, kl_optimal, polyexponential, ays, linear_quadratic, turbo is expected.");
  EXPECT_EQ(error_in({"--dtype", "float64"}),
            "usage: --dtype: \"float64\" is not known; one of auto, float32, bfloat16, float16 is expected.");
}

TEST(CliOptions, NamesTheNearestFlag) {
  EXPECT_EQ(error_in({"--step", "3"}), "usage: --step: no such flag. Did you mean --steps? --help lists them all.");
  EXPECT_EQ(error_in({"--widht=64"}), "usage: --widht=64: no such flag. Did you mean --width? --help lists them all.");
  EXPECT_EQ(error_in({"--lora", "x"}), "usage: --lora: no such flag. --help lists them all.");
  EXPECT_EQ(error_in({"-x"}), "usage: -x: no such flag. --help lists them all.");
}

TEST(CliOptions, SaysThatAValueIsMissing) {
  EXPECT_EQ(error_in({"--steps"}), "usage: --steps: a value is missing.");
  EXPECT_EQ(error_in({"-o"}), "usage: --output: a value is missing.");
  EXPECT_EQ(error_in({"--width", "--height=64"}),
            "usage: --width: \"--height=64\": a whole number from 1 to 4096 is expected.");
}

TEST(CliOptions, RefusesAFlagThatIsGivenTwice) {
  EXPECT_EQ(error_in({"--json", "--json"}), "usage: --json: is given more than once.");
  EXPECT_EQ(error_in({"--steps", "3", "--steps", "4"}), "usage: --steps: is given more than once.");
  EXPECT_EQ(error_in({"--scale", "3", "--cfg-scale", "4"}), "usage: --cfg-scale: is given more than once.");
}

TEST(CliOptions, RefusesAValueForAFlagThatTakesNone) {
  EXPECT_EQ(error_in({"--json=cat"}), "usage: --json: takes no value.");
}

TEST(CliOptions, RefusesTwoPrompts) {
  EXPECT_EQ(
      error_in({"on a mat"}),
      "usage: \"on a mat\": one prompt is taken, and there is one already. Put a prompt of several words in quotes.");
  EXPECT_EQ(error_in({"-p", "a dog"}),
            "usage: --prompt: the prompt was given twice, as an argument and with the flag. Leave one out.");
}

TEST(CliOptions, RefusesToWorkWithoutAPrompt) {
  const std::string message =
      "usage: no prompt. Describe the picture: sfumato \"a smiling cat, 3D style\"; --help lists the rest.";
  EXPECT_EQ(error_in_all({}), message);
  EXPECT_EQ(error_in_all({"-s", "7"}), message);
}

TEST(CliOptions, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(error_in_all({"a \xff cat"}), "usage: --prompt: not UTF-8 at byte 2.");
  EXPECT_EQ(error_in({"-n", "\xc3("}), "usage: --negative-prompt: not UTF-8 at byte 0.");
}

TEST(CliOptions, RefusesAPromptBeyondTheLimit) {
  EXPECT_EQ(text_of(parse_all({std::string(65536, 'a').c_str()}).options.value(), "prompt").size(), 65536U);
  EXPECT_EQ(error_in_all({std::string(65537, 'a').c_str()}), "usage: --prompt: 65537 bytes, at most 65536 are taken.");
}

TEST(CliOptions, RefusesToWriteEventsAndThePictureToOnePlace) {
  EXPECT_EQ(error_in({"-o", "-", "--json"}),
            "usage: --json: standard output takes the picture (--output -), so it cannot take events too.");
}

TEST(CliOptions, EndPathsWithNulOnlyWherePathsArePrinted) {
  EXPECT_FALSE(parse_all({"a"}).options.value().print0);
  EXPECT_TRUE(parse_all({"a", "-0"}).options.value().print0);
  EXPECT_TRUE(parse_all({"a", "--print0"}).options.value().print0);
  EXPECT_EQ(error_in_all({"a", "--print0", "--json"}),
            "usage: --print0: --json prints events, which end with a newline. Leave one of the two out.");
  EXPECT_EQ(error_in_all({"a", "-0", "-o", "-"}),
            "usage: --print0: standard output takes the picture (--output -), and no path is printed. Leave one of the "
            "two out.");
}

TEST(CliOptions, ShowsNoControlCharacter) {
  EXPECT_EQ(error_in({"--\x1b[2J"}), "usage: --\\x1b[2J: no such flag. --help lists them all.");
  EXPECT_EQ(error_in({"--sampler", "\x1b[2J"}).find('\x1b'), std::string::npos);
  EXPECT_EQ(error_in({"--json=\x1b[2J"}).find('\x1b'), std::string::npos);
}

TEST(CliOptions, GivesTheHelpAndTheVersionWhateverElseIsSaid) {
  EXPECT_EQ(parse_all({"--help"}).text, help_text());
  EXPECT_EQ(parse_all({"a cat", "-h"}).text, help_text());
  EXPECT_FALSE(parse_all({"--help"}).options);
  EXPECT_EQ(parse_all({"--version"}).text, version_text());
}

TEST(CliOptions, GivesTheGrammarOfPrompts) {
  EXPECT_EQ(parse_all({"--help", "prompts"}).text, prompts_help_text());
  EXPECT_EQ(error_in_all({"--help", "me"}), "usage: --help: \"me\" is not a topic; --help prompts is one.");
}

TEST(CliOptions, HelpNamesEveryFlagAndNoOther) {
  const std::string help = help_text();
  for (const FlagSpec& flag : generate_flags()) EXPECT_NE(help.find(flag.name), std::string::npos) << flag.name;
  const std::regex flag("(^|[ ,(])(--?[A-Za-z0][a-z0-9-]*)");
  int flags = 0;
  for (std::sregex_iterator match(help.begin(), help.end(), flag), end; match != end; ++match) {
    const std::string word = (*match)[2];
    if (word == "--flag") continue;  // an example
    ++flags;
    EXPECT_EQ(error_in_all({word.c_str()}).find("no such flag"), std::string::npos) << word;
  }
  EXPECT_GT(flags, 50);
}

TEST(CliOptions, HaveFlagsThatMessagesCanName) {
  for (const RunFlag& flag : run_flags()) {
    std::string name(flag.name.substr(2));
    std::ranges::replace(name, '-', '_');
    EXPECT_EQ(with_flags("`" + name + "`"), flag.name);
  }
}

}  // namespace
}  // namespace sfumato

#include "cli/cli.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "cli/help.h"
#include "error_of.h"

namespace sfumato {
namespace {

CliResult parse_all(const std::vector<const char*>& words) { return parse_cli(words); }

// What is said with a prompt and these words after it.
CliOptions parse(std::initializer_list<const char*> words) {
  std::vector<const char*> all = {"a cat"};
  all.insert(all.end(), words);
  return parse_all(all).options.value();
}

std::string error_in(std::initializer_list<const char*> words) {
  return error_of([&] { (void)parse(words); });
}

std::string error_in_all(const std::vector<const char*>& words) {
  return error_of([&] { (void)parse_all(words); });
}

TEST(Cli, LeavesEverythingElseToTheModel) {
  const CliOptions said = parse({});
  EXPECT_EQ(said.prompt, "a cat");
  EXPECT_EQ(said.negative_prompt, "");
  EXPECT_FALSE(said.width || said.height || said.steps || said.cfg_scale || said.sampling_method || said.scheduler ||
               said.eta);
  EXPECT_EQ(said.seed, 42U);
  EXPECT_EQ(said.batch_count, 1);
  EXPECT_EQ(said.model, std::nullopt);
  EXPECT_FALSE(said.trust || said.strict_prompt || said.overwrite || said.json || said.quiet || said.verbose ||
               said.debug);
  EXPECT_TRUE(said.with_metadata);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.runtime.device, "auto");
  EXPECT_FALSE(said.runtime.dtype);
  EXPECT_EQ(said.runtime.threads, 0);
  EXPECT_EQ(said.runtime.batch_size, 1);
}

TEST(Cli, TakesEveryFlag) {
  const CliOptions said = parse({"-n",
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
                                 "--debug"});
  EXPECT_EQ(said.negative_prompt, "blurry");
  EXPECT_EQ(said.steps, 7);
  EXPECT_EQ(said.cfg_scale, 2.5);
  EXPECT_EQ(said.sampling_method, SamplingMethod::euler_a);
  EXPECT_EQ(said.scheduler, Scheduler::karras);
  EXPECT_EQ(said.eta, 0.5);
  EXPECT_EQ(said.seed, 18446744073709551615U);
  EXPECT_EQ(said.batch_count, 3);
  EXPECT_EQ(said.width, 64);
  EXPECT_EQ(said.height, 32);
  EXPECT_EQ(said.model, "mine");
  EXPECT_TRUE(said.trust && said.strict_prompt && said.overwrite && said.json && said.quiet && said.verbose &&
              said.debug);
  EXPECT_FALSE(said.with_metadata);
  EXPECT_EQ(said.output, "out/");
  EXPECT_EQ(said.runtime.device, "cpu");
  EXPECT_EQ(said.runtime.dtype, Dtype::bfloat16);
  EXPECT_EQ(said.runtime.threads, 2);
  EXPECT_EQ(said.runtime.batch_size, 4);
}

TEST(Cli, TakesShortFlags) {
  const CliOptions said = parse_all({"-p", "a dog", "-n", "blurry", "-s", "7", "-b", "3", "-W", "64", "-H", "32", "-m",
                                     "mine", "-t", "2", "-o", "x.png", "-qv"})
                              .options.value();
  EXPECT_EQ(said.prompt, "a dog");
  EXPECT_EQ(said.negative_prompt, "blurry");
  EXPECT_EQ(said.seed, 7U);
  EXPECT_EQ(said.batch_count, 3);
  EXPECT_EQ(said.width, 64);
  EXPECT_EQ(said.height, 32);
  EXPECT_EQ(said.model, "mine");
  EXPECT_EQ(said.runtime.threads, 2);
  EXPECT_EQ(said.output, "x.png");
  EXPECT_TRUE(said.quiet && said.verbose);
}

TEST(Cli, KnowsTheNamesOfOtherPrograms) {
  EXPECT_EQ(parse({"--scale", "2"}).cfg_scale, 2);
  EXPECT_EQ(parse({"--guidance-scale", "2"}).cfg_scale, 2);
  EXPECT_EQ(parse({"--sampler", "pndm"}).sampling_method, SamplingMethod::pndm);
  EXPECT_EQ(parse({"--num-inference-steps", "9"}).steps, 9);
  EXPECT_EQ(parse({"--batch", "2"}).batch_count, 2);
}

TEST(Cli, TakesUnderscoresForDashesInAFlagAndEqualSigns) {
  EXPECT_EQ(parse({"--cfg_scale", "2"}).cfg_scale, 2);
  EXPECT_EQ(parse({"--cfg_scale=2"}).cfg_scale, 2);
  EXPECT_EQ(parse({"--negative_prompt=a_b"}).negative_prompt, "a_b");
  EXPECT_EQ(parse({"--sampling_method=euler_a"}).sampling_method, SamplingMethod::euler_a);
  EXPECT_EQ(parse({"--output=a=b.png"}).output, "a=b.png");
}

TEST(Cli, TakesFlagsBeforeAndAfterThePrompt) {
  const CliOptions said = parse_all({"--steps", "3", "a cat", "-s", "7"}).options.value();
  EXPECT_EQ(said.prompt, "a cat");
  EXPECT_EQ(said.steps, 3);
  EXPECT_EQ(said.seed, 7U);
}

TEST(Cli, TakesThePromptAsItIs) {
  for (const char* const prompt : {"", " ", "[a, b]", "{}", "{a|b}", "%%", "'a'", "\"a\"", "a,b;c", "a=b", "cat # dog",
                                   "\U0001F600", "1", "\x1b[2J"}) {
    EXPECT_EQ(parse_all({prompt}).options.value().prompt, prompt);
    EXPECT_EQ(parse_all({"-p", prompt}).options.value().prompt, prompt);
    EXPECT_EQ(parse({"-n", prompt}).negative_prompt, prompt);
  }
}

TEST(Cli, TakesAPromptThatLooksLikeAFlagAfterTwoDashes) {
  EXPECT_EQ(parse_all({"--steps", "3", "--", "--a_b"}).options.value().prompt, "--a_b");
  EXPECT_EQ(parse_all({"--prompt=--a_b"}).options.value().prompt, "--a_b");
}

TEST(Cli, TakesRandomSeeds) {
  EXPECT_EQ(parse({"--seed", "random"}).seed, std::nullopt);
  EXPECT_EQ(parse({"--seed", "-1"}).seed, std::nullopt);
  EXPECT_EQ(parse({"--seed=-1"}).seed, std::nullopt);
  EXPECT_EQ(parse({"-s", "0"}).seed, 0U);
}

TEST(Cli, TakesAutoAsADtype) { EXPECT_EQ(parse({"--dtype", "auto"}).runtime.dtype, std::nullopt); }

TEST(Cli, RefusesNumbersThatAreNone) {
  EXPECT_EQ(error_in({"--steps", "abc"}), "64: --steps: \"abc\": a whole number from 1 to 1000 is wanted.");
  EXPECT_EQ(error_in({"--steps", "-1"}), "64: --steps: \"-1\": a whole number from 1 to 1000 is wanted.");
  EXPECT_EQ(error_in({"--steps", "0"}), "64: --steps: \"0\": a whole number from 1 to 1000 is wanted.");
  EXPECT_EQ(error_in({"--seed", "1.5"}),
            "64: --seed: \"1.5\": a whole number from 0 to 18446744073709551615, or random, is wanted.");
  EXPECT_EQ(
      error_in({"--seed", "18446744073709551616"}),
      "64: --seed: \"18446744073709551616\": a whole number from 0 to 18446744073709551615, or random, is wanted.");
  EXPECT_EQ(error_in({"-W", "1000000"}), "64: --width: \"1000000\": a whole number from 1 to 4096 is wanted.");
  EXPECT_EQ(error_in({"-H", "x"}), "64: --height: \"x\": a whole number from 1 to 4096 is wanted.");
  EXPECT_EQ(error_in({"--cfg-scale", "nan"}), "64: --cfg-scale: \"nan\": a number from 0 to 100 is wanted.");
  EXPECT_EQ(error_in({"--scale", "-1"}), "64: --cfg-scale: \"-1\": a number from 0 to 100 is wanted.");
  EXPECT_EQ(error_in({"--eta", "2"}), "64: --eta: \"2\": a number from 0 to 1 is wanted.");
  EXPECT_EQ(error_in({"-b", "0"}), "64: --batch-count: \"0\": a whole number from 1 to 1000000 is wanted.");
  EXPECT_EQ(error_in({"-t", "0"}), "64: --threads: \"0\": a whole number from 1 to 1024 is wanted.");
  EXPECT_EQ(error_in({"--batch-size", "257"}), "64: --batch-size: \"257\": a whole number from 1 to 256 is wanted.");
  EXPECT_EQ(error_in({"--steps", ""}), "64: --steps: \"\": a whole number from 1 to 1000 is wanted.");
}

TEST(Cli, NamesTheWordsItKnows) {
  EXPECT_EQ(
      error_in({"--sampler", "plms"}),
      "64: --sampling-method: \"plms\" is not known; one of ddim, pndm, euler, euler_a, heun, dpm++2m is wanted.");
  EXPECT_EQ(error_in({"--scheduler", "exponential"}),
            "64: --scheduler: \"exponential\" is not known; one of discrete, karras is wanted.");
  EXPECT_EQ(error_in({"--dtype", "float64"}),
            "64: --dtype: \"float64\" is not known; one of float32, bfloat16, float16 is wanted.");
}

TEST(Cli, NamesTheNearestFlag) {
  EXPECT_EQ(error_in({"--step", "3"}), "64: --step: no such flag. Did you mean --steps? --help lists them all.");
  EXPECT_EQ(error_in({"--widht=64"}), "64: --widht=64: no such flag. Did you mean --width? --help lists them all.");
  EXPECT_EQ(error_in({"--lora", "x"}), "64: --lora: no such flag. --help lists them all.");
  EXPECT_EQ(error_in({"-x"}), "64: -x: no such flag. --help lists them all.");
}

TEST(Cli, SaysThatAValueIsMissing) {
  EXPECT_EQ(error_in({"--steps"}), "64: --steps: a value is missing.");
  EXPECT_EQ(error_in({"-o"}), "64: --output: a value is missing.");
  EXPECT_EQ(error_in({"--width", "--height=64"}),
            "64: --width: \"--height=64\": a whole number from 1 to 4096 is wanted.");
}

TEST(Cli, RefusesAFlagThatIsGivenTwice) {
  EXPECT_EQ(error_in({"--steps", "3", "--steps", "4"}), "64: --steps: is given more than once.");
  EXPECT_EQ(error_in({"--scale", "3", "--cfg-scale", "4"}), "64: --cfg-scale: is given more than once.");
}

TEST(Cli, RefusesAValueForAFlagThatTakesNone) { EXPECT_EQ(error_in({"--json=cat"}), "64: --json: takes no value."); }

TEST(Cli, RefusesTwoPrompts) {
  EXPECT_EQ(
      error_in({"on a mat"}),
      "64: \"on a mat\": one prompt is taken, and there is one already. Put a prompt of several words in quotes.");
  EXPECT_EQ(error_in({"-p", "a dog"}),
            "64: --prompt: the prompt was given twice, as an argument and with the flag. Leave one out.");
}

TEST(Cli, RefusesToWorkWithoutAPrompt) {
  const std::string message =
      "64: no prompt. Say what the picture shows: sfumato \"a smiling cat, 3D style\"; --help tells the rest.";
  EXPECT_EQ(error_in_all({}), message);
  EXPECT_EQ(error_in_all({"-s", "7"}), message);
}

TEST(Cli, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(error_in_all({"a \xff cat"}), "64: --prompt: not UTF-8 at byte 2.");
  EXPECT_EQ(error_in({"-n", "\xc3("}), "64: --negative-prompt: not UTF-8 at byte 0.");
}

TEST(Cli, RefusesAPromptBeyondTheLimit) {
  EXPECT_EQ(parse_all({std::string(65536, 'a').c_str()}).options.value().prompt.size(), 65536U);
  EXPECT_EQ(error_in_all({std::string(65537, 'a').c_str()}), "64: --prompt: 65537 bytes, at most 65536 are taken.");
}

TEST(Cli, RefusesToWriteEventsAndThePictureToOnePlace) {
  EXPECT_EQ(error_in({"-o", "-", "--json"}),
            "64: --json: standard output takes the picture (--output -), so it cannot take events too.");
}

TEST(Cli, ShowsNoControlCharacter) {
  EXPECT_EQ(error_in({"--\x1b[2J"}), "64: --\\x1b[2J: no such flag. --help lists them all.");
  EXPECT_EQ(error_in({"--sampler", "\x1b[2J"}).find('\x1b'), std::string::npos);
  EXPECT_EQ(error_in({"--json=\x1b[2J"}).find('\x1b'), std::string::npos);
}

TEST(Cli, GivesTheHelpAndTheVersionWhateverElseIsSaid) {
  EXPECT_EQ(parse_all({"--help"}).text, help_text());
  EXPECT_EQ(parse_all({"a cat", "-h"}).text, help_text());
  EXPECT_FALSE(parse_all({"--help"}).options);
  EXPECT_EQ(parse_all({"--version"}).text, version_text());
}

const GenerateOptions kDefaults = {.width = 64,
                                   .height = 32,
                                   .steps = 7,
                                   .cfg_scale = 2.5,
                                   .sampling_method = SamplingMethod::dpmpp_2m,
                                   .scheduler = Scheduler::karras,
                                   .eta = 0};

std::vector<GenerateOptions> pictures(std::initializer_list<const char*> words) {
  return pictures_of(parse(words), kDefaults, /*size_multiple=*/8, /*random_seed=*/99);
}

std::string picture_error(std::initializer_list<const char*> words) {
  return error_of([&] { (void)pictures(words); });
}

TEST(Pictures, TakeFromTheModelWhatWasNotSaid) {
  const std::vector<GenerateOptions> made = pictures({"--steps", "3"});
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].prompt, "a cat");
  EXPECT_EQ(made[0].width, 64);
  EXPECT_EQ(made[0].height, 32);
  EXPECT_EQ(made[0].steps, 3);
  EXPECT_EQ(made[0].cfg_scale, 2.5);
  EXPECT_EQ(made[0].sampling_method, SamplingMethod::dpmpp_2m);
  EXPECT_EQ(made[0].scheduler, Scheduler::karras);
  EXPECT_EQ(made[0].seed, 42U);
}

TEST(Pictures, CountSeedsUpAndOverTheTop) {
  const auto seeds = [](const std::vector<GenerateOptions>& made) {
    std::vector<std::uint64_t> result;
    for (const GenerateOptions& picture : made) result.push_back(picture.seed);
    return result;
  };
  EXPECT_EQ(seeds(pictures({"-b", "3"})), (std::vector<std::uint64_t>{42, 43, 44}));
  EXPECT_EQ(seeds(pictures({"-b", "2", "-s", "random"})), (std::vector<std::uint64_t>{99, 100}));
  EXPECT_EQ(seeds(pictures({"-b", "2", "-s", "18446744073709551615"})),
            (std::vector<std::uint64_t>{18446744073709551615U, 0}));
}

TEST(Pictures, FollowTheModelsSchedulerWhereTheMethodCan) {
  EXPECT_EQ(pictures({"--sampler", "euler"}).front().scheduler, Scheduler::karras);
  EXPECT_EQ(pictures({"--sampler", "ddim"}).front().scheduler, Scheduler::discrete);
  EXPECT_EQ(picture_error({"--sampler", "ddim", "--scheduler", "karras"}),
            "64: --scheduler: ddim steps on the training timesteps, so it takes discrete, not karras. Leave "
            "--scheduler out, or take another "
            "method.");
}

TEST(Pictures, HaveTheEtaOfTheirMethod) {
  EXPECT_EQ(pictures({"--sampler", "euler_a"}).front().eta, 1);
  EXPECT_EQ(pictures({"--sampler", "ddim"}).front().eta, 0);
  EXPECT_EQ(pictures({"--sampler", "ddim", "--eta", "0.5"}).front().eta, 0.5);
  EXPECT_EQ(picture_error({"--sampler", "heun", "--eta", "0.5"}),
            "64: --eta: heun draws no fresh noise. Leave --eta out, or take ddim or euler_a.");
}

TEST(Pictures, HaveSidesThatTheModelCanMake) {
  EXPECT_EQ(picture_error({"-W", "513"}),
            "64: --width: 513 is out of range; a multiple of 8 from 8 to 4096 is wanted, such as 512 or 520.");
  EXPECT_EQ(picture_error({"-H", "4"}), "64: --height: 4 is out of range; a multiple of 8 from 8 to 4096 is wanted.");
  EXPECT_EQ(pictures({"-W", "8", "-H", "4096"}).front().height, 4096);
}

}  // namespace
}  // namespace sfumato

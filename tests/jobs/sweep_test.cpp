#include "jobs/sweep.h"

#include <gtest/gtest.h>

#include <set>

#include "error_of.h"
#include "jobs/options_json.h"
#include "jobs/random_seeds.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;

const SweepRules kRules = {.model = {.defaults = {.width = 64,
                                                  .height = 32,
                                                  .steps = 7,
                                                  .cfg_scale = 2.5,
                                                  .sampling_method = SamplingMethod::dpmpp_2m,
                                                  .scheduler = Scheduler::karras},
                                     .size_multiple = 8}};

OptionSettings settings(const Words& words) {
  OptionSettings result;
  for (const auto& [name, text] : words) result.push_back({.option = find_job_option(name), .texts = {text}});
  return result;
}

Sweep sweep(const Words& command_line, const Words& line = {}, bool zip = false) {
  SweepRules rules = kRules;
  rules.zip = zip;
  Wildcards wildcards("wildcards", false);
  return {rules, wildcards, settings(command_line), settings(line)};
}

// "prompt/seed/steps/cfg" of every picture.
std::string pictures(const Sweep& made) {
  std::string result;
  for (std::uint64_t i = 0; i < made.size(); ++i) {
    const GenerateOptions o = made.at(i, 0).options;
    result += (i == 0 ? "" : " ") + o.prompt + "/" + std::to_string(o.seed) + "/" + std::to_string(o.steps) + "/" +
              text_of({o.cfg_scale});
  }
  return result;
}

std::string axes(const Job& job) {
  std::string result;
  for (const auto& [name, value] : job.axes) result += (result.empty() ? "" : " ") + name + "=" + value;
  return result;
}

std::string error(const Words& command_line, const Words& line = {}, bool zip = false) {
  return error_of([&] { (void)sweep(command_line, line, zip); });
}

TEST(Sweep, OfSingleValuesIsOnePicture) {
  const Sweep made = sweep({{"prompt", "a cat"}, {"steps", "3"}});
  EXPECT_EQ(pictures(made), "a cat/42/3/2.5");
  EXPECT_EQ(made.at(0, 0).options.scheduler, Scheduler::karras);
  EXPECT_EQ(axes(made.at(0, 0)), "");
}

TEST(Sweep, MultipliesListsAndTheLastVariesFastest) {
  EXPECT_EQ(pictures(sweep({{"prompt", "{a|b}"}, {"seed", "1..2"}, {"cfg_scale", "5,7.5"}})),
            "a/1/7/5 a/1/7/7.5 a/2/7/5 a/2/7/7.5 b/1/7/5 b/1/7/7.5 b/2/7/5 b/2/7/7.5");
  EXPECT_EQ(pictures(sweep({{"seed", "1..2"}, {"prompt", "{a|b}"}})), "a/1/7/2.5 b/1/7/2.5 a/2/7/2.5 b/2/7/2.5");
}

TEST(Sweep, CountsSeedsUpFastestOfAllAndOverTheTop) {
  EXPECT_EQ(pictures(sweep({{"batch_count", "2"}, {"prompt", "{a|b}"}})),
            "a/42/7/2.5 a/43/7/2.5 b/42/7/2.5 b/43/7/2.5");
  EXPECT_EQ(pictures(sweep({{"batch_count", "2"}, {"seed", "18446744073709551615"}})),
            "/18446744073709551615/7/2.5 /0/7/2.5");
}

TEST(Sweep, SaysWhatVaries) {
  const Sweep made = sweep({{"prompt", "{a|b} {c|d}"}, {"cfg_scale", "5,7.5"}, {"steps", "3"}, {"batch_count", "2"}});
  EXPECT_EQ(axes(made.at(0, 0)), "prompt 1=a prompt 2=c cfg_scale=5 seed=42");
  EXPECT_EQ(axes(made.at(made.size() - 1, 0)), "prompt 1=b prompt 2=d cfg_scale=7.5 seed=43");
}

TEST(Sweep, PutsListsSideBySide) {
  EXPECT_EQ(pictures(sweep({{"prompt", "{a|b|c}"}, {"seed", "1..3"}, {"steps", "5"}}, {}, true)),
            "a/1/5/2.5 b/2/5/2.5 c/3/5/2.5");
  EXPECT_EQ(pictures(sweep({{"prompt", "{a|b}"}, {"cfg_scale", "1,2"}, {"batch_count", "2"}}, {}, true)),
            "a/42/7/1 a/43/7/1 b/42/7/2 b/43/7/2");
  EXPECT_EQ(error({{"seed", "1..3"}, {"steps", "5,6"}}, {}, true),
            "usage: `zip`: `seed` has 3 values and `steps` has 2; lists of one length are expected.");
}

TEST(Sweep, TakesTheWordOfTheLineOverThatOfTheCommandLine) {
  EXPECT_EQ(pictures(sweep({{"seed", "1..2"}, {"steps", "3,4"}}, {{"prompt", "a"}, {"steps", "9"}})),
            "a/1/9/2.5 a/2/9/2.5");
  EXPECT_EQ(sweep({{"batch_count", "5"}}, {{"batch_count", "2"}}).size(), 2U);
}

TEST(Sweep, ForgetsListsThatTheLineLeavesNoUse) {
  EXPECT_EQ(sweep({{"size", "64x64,32x32"}}, {{"width", "8"}, {"height", "8"}}).size(), 1U);
  EXPECT_EQ(sweep({{"width", "64,32"}}, {{"size", "8x8"}}).size(), 1U);
  EXPECT_EQ(sweep({{"size", "64x64,32x32"}}, {{"width", "8"}}).size(), 2U);
  EXPECT_EQ(sweep({{"scheduler", "karras,discrete"}}, {{"sampling_method", "Euler a Karras"}}).size(), 1U);
  EXPECT_EQ(sweep({{"scheduler", "karras,discrete"}}, {{"sampling_method", "Euler a"}}).size(), 2U);
}

TEST(Sweep, TakesTheMoreSpecialWordWhereverItStands) {
  const GenerateOptions o = sweep({{"width", "16"}, {"size", "64x24"}}).at(0, 0).options;
  EXPECT_EQ(o.width, 16);
  EXPECT_EQ(o.height, 24);
}

TEST(Sweep, HasTheSchedulerAndEtaOfEachMethod) {
  const Sweep made = sweep({{"sampling_method", "ddim,euler_a,dpm++2m"}});
  EXPECT_EQ(made.at(0, 0).options.scheduler, Scheduler::discrete);
  EXPECT_EQ(made.at(1, 0).options.scheduler, Scheduler::karras);
  EXPECT_EQ(made.at(1, 0).options.eta, 1);
  EXPECT_EQ(made.at(2, 0).options.eta, 0);
}

TEST(Sweep, OfPicturesToStartFromMultipliesLikeAnyOther) {
  const std::filesystem::path folder = test_folder();
  const std::string a = (folder / "a.png").string(), b = (folder / "b.png").string();
  write_file(a, "\x89PNG"), write_file(b, "\x89PNG");
  const Sweep made = sweep({{"init_img", folder.string()}, {"strength", "0.3,0.5"}});
  ASSERT_EQ(made.size(), 4U);
  EXPECT_EQ(axes(made.at(1, 0)), "init_img=" + a + " strength=0.5");
  EXPECT_EQ(made.at(3, 0).options.init.image.path, b);
  EXPECT_EQ(made.at(3, 0).options.init.strength, 0.5);
}

TEST(Sweep, RefusesWhatHasNoEffect) {
  EXPECT_EQ(error({{"strength", "0.75"}}), "usage: `strength`: has no effect without `init_img`.");
  EXPECT_EQ(error({{"init_img", "-"}, {"mask_invert", "true"}}), "usage: `mask_invert`: has no effect without `mask`.");
  EXPECT_EQ(error({{"fit", "crop"}}), "usage: `fit`: has no effect without `init_img` or `segmap`.");
  EXPECT_EQ(error({{"init_img", "-"}, {"strength", "0.5,0"}}),
            "usage: `strength`: 0 is out of range; a number above 0, at most 1, is expected.");
}

TEST(Sweep, TakesTheCommandLinesWordForLinesThatHaveUseForIt) {
  EXPECT_EQ(sweep({{"strength", "0.5"}}, {{"prompt", "a"}, {"init_img", "-"}}).at(0, 0).options.init.strength, 0.5);
  EXPECT_EQ(sweep({{"strength", "0.5"}}, {{"prompt", "a"}}).at(0, 0).options.init.strength, 0.75);
  EXPECT_EQ(error({}, {{"prompt", "a"}, {"strength", "0.5"}}), "usage: `strength`: has no effect without `init_img`.");
  EXPECT_EQ(sweep({{"mask", "-"}, {"mask_blur", "2"}}, {{"prompt", "a"}}).at(0, 0).options.inpaint.blur, 0)
      << "a blur without a mask, a mask without a picture";
}

TEST(Sweep, RefusesWhatTheModelDoesNotTake) {
  SweepRules rules = kRules;
  rules.model.fits_model = [](const GenerateOptions& o) {
    if (o.init.strength > 0.6) throw Error(ErrorKind::usage, "too strong.");
  };
  Wildcards wildcards("wildcards", false);
  const auto error_with = [&](const char* strengths) {
    return error_of([&] { (void)Sweep(rules, wildcards, settings({{"init_img", "-"}, {"strength", strengths}}), {}); });
  };
  EXPECT_EQ(error_with("0.2,0.6"), "no error");
  EXPECT_EQ(error_with("0.2,0.7"), "usage: too strong.");
}

TEST(Sweep, KnowsWhichSidesAreExplicit) {
  EXPECT_FALSE(sweep({{"prompt", "a"}}).explicit_sides().width);
  EXPECT_TRUE(sweep({{"size", "64x64"}}).explicit_sides().height);
  EXPECT_TRUE(sweep({{"width", "64"}}, {{"prompt", "a"}}).explicit_sides().width);
  EXPECT_FALSE(sweep({{"width", "64"}}, {{"prompt", "a"}}).explicit_sides().height);
}

TEST(Sweep, RefusesAsAWholeWhatCannotBeInOneOfItsPictures) {
  EXPECT_EQ(
      error({{"sampling_method", "euler,ddim"}, {"scheduler", "karras"}}),
      "usage: `scheduler`: ddim steps on the training timesteps, so it takes discrete, not karras. Leave `scheduler` "
      "out, or take another method.");
  EXPECT_EQ(error({{"seed", "1..1000000"}, {"width", "64,513"}}),
            "usage: `width`: 513 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 512 or 520.");
  EXPECT_EQ(error({{"batch_count", "2,3"}}), "usage: `batch_count`: one number is expected, not a list.");
}

TEST(Sweep, CountsWithoutWritingOut) {
  const Sweep made = sweep({{"seed", "1..100000000"}, {"cfg_scale", "1..5"}, {"batch_count", "2"}});
  EXPECT_EQ(made.size(), 1'000'000'000U);
  EXPECT_EQ(made.at(987'654'321, 0).options.seed, 98'765'433U + 1U);
  EXPECT_EQ(error({{"seed", "1..100000000"}, {"cfg_scale", "1..5"}, {"batch_count", "3"}}),
            "usage: `batch_count`: more than 1000000000 pictures. Make the lists shorter.");
}

TEST(Sweep, DrawsOneRandomSeedForAllThatDiffersInOtherWays) {
  const Sweep made = sweep({{"prompt", "{a|b}"}, {"cfg_scale", "1,2"}, {"seed", "random,random"}});
  ASSERT_TRUE(made.draws_seeds());
  std::set<std::uint64_t> seeds;
  for (std::uint64_t i = 0; i < made.size(); ++i) seeds.insert(made.at(i, 99).options.seed);
  EXPECT_EQ(seeds.size(), 2U);
  EXPECT_EQ(seeds, (std::set<std::uint64_t>{seed_at(99, 0), seed_at(99, 1)}));
  EXPECT_NE(made.at(0, 98).options.seed, made.at(0, 99).options.seed);
  EXPECT_EQ(axes(made.at(1, 99)), "prompt=a cfg_scale=1 seed=random 2");
}

TEST(Sweep, ChoosesWildcardsByTheSeedOfEachPicture) {
  write_file(test_folder() / "x.txt", "1\n2\n3\n{4|5}\n");
  const auto prompts_with = [](bool combinatorial) {
    Wildcards wildcards(
        std::filesystem::path(::testing::TempDir()) / "sfumato-Sweep.ChoosesWildcardsByTheSeedOfEachPicture",
        combinatorial);
    const Sweep made(kRules, wildcards, settings({{"prompt", "a __x__"}, {"seed", "1..40"}}), {});
    std::set<std::string> prompts;
    for (std::uint64_t i = 0; i < made.size(); ++i) prompts.insert(made.at(i, 0).options.prompt);
    return std::pair(made.size(), prompts);
  };
  EXPECT_EQ(prompts_with(false),
            std::pair(std::uint64_t{40}, std::set<std::string>{"a 1", "a 2", "a 3", "a 4", "a 5"}));
  EXPECT_EQ(prompts_with(true),
            std::pair(std::uint64_t{200}, std::set<std::string>{"a 1", "a 2", "a 3", "a 4", "a 5"}));
}

TEST(RandomSeeds, DependOnTheBaseThePromptsAndTheirOccurrence) {
  RandomSeeds seeds(7);
  const std::uint64_t first = seeds.draw("a");
  const std::uint64_t other = seeds.draw("b");
  const std::uint64_t second = seeds.draw("a");
  EXPECT_NE(first, other);
  EXPECT_NE(first, second);
  RandomSeeds again(7);
  EXPECT_EQ(again.draw("a"), first) << "lines taken out and moved change nothing";
  EXPECT_EQ(again.draw("a"), second);
  EXPECT_NE(RandomSeeds(8).draw("a"), first);
  EXPECT_LT(seed_at(first, 0), std::uint64_t{1} << 32);
}

}  // namespace
}  // namespace sfumato

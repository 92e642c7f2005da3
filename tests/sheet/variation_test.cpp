#include "sheet/variation.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

using Positions = std::vector<std::uint32_t>;

Job job(const std::string& prompt, std::uint64_t seed, std::vector<std::pair<std::string, std::string>> axes = {}) {
  Job result;
  result.options.prompt = prompt;
  result.options.seed = seed;
  result.axes = std::move(axes);
  return result;
}

std::string common(const Arrangement& arrangement, const std::string& name) {
  for (const auto& [key, value] : arrangement.common) {
    if (key == name) return value;
  }
  return "(varies)";
}

TEST(Variation, HasTheSweptAxesInTheirOrder) {
  Variation variation;
  for (const std::string prompt : {"a cat", "a dog"}) {
    for (const int seed : {7, 1, 3}) {
      variation.add(
          job(prompt, static_cast<std::uint64_t>(seed), {{"prompt", prompt}, {"seed", std::to_string(seed)}}));
    }
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 2U);
  EXPECT_EQ(found.axes[0].name, "prompt");
  EXPECT_EQ(found.axes[0].values, (std::vector<std::string>{"a cat", "a dog"}));
  EXPECT_EQ(found.axes[1].values, (std::vector<std::string>{"7", "1", "3"}));
  EXPECT_EQ(found.positions[4], (Positions{1, 1}));
  EXPECT_EQ(common(found, "prompt"), "(varies)");
  EXPECT_EQ(common(found, "steps"), "20");
}

TEST(Variation, FollowsTheOrderOfJobsWhateverTheOrderTheyCameIn) {
  Variation variation;
  for (const std::uint64_t index : {2, 0, 1}) {
    const std::uint64_t seed = 10 - index;
    Job one = job("a", seed, {{"seed", std::to_string(seed)}});
    one.index = index;
    variation.add(one);
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 1U);
  EXPECT_EQ(found.axes[0].values, (std::vector<std::string>{"10", "9", "8"}));
  EXPECT_EQ(found.positions, (std::vector<std::vector<std::uint32_t>>{{0}, {1}, {2}}));
}

TEST(Variation, LeavesOutAnAxisOfOneValue) {
  Variation variation;
  for (const std::string seed : {"1", "2"}) {
    variation.add(job("a", std::stoull(seed), {{"steps", "20"}, {"seed", seed}}));
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 1U);
  EXPECT_EQ(found.axes[0].name, "seed");
  EXPECT_EQ(common(found, "steps"), "20");
}

TEST(Variation, CallsFilesByAsLittleOfTheirPathsAsTellsThemApart) {
  const auto names_of = [](const std::vector<std::string>& paths) {
    Variation variation;
    for (const std::string& path : paths) {
      Job one = job("a", 1, {{"init_img", path}});
      one.options.init.image = {.path = path, .sha256 = std::string(64, 'a') + path};
      one.options.inpaint.mask.path = "masks/m.png";
      variation.add(one);
    }
    const Arrangement found = variation.arrangement();
    EXPECT_EQ(found.axes.size(), 1U) << "a digest is no axis";
    EXPECT_EQ(common(found, "mask"), "m");
    return found.axes.front().values;
  };
  EXPECT_EQ(names_of({"in/fox.png", "in/cat.jpg"}), (std::vector<std::string>{"fox", "cat"}));
  EXPECT_EQ(names_of({"in/fox.png", "in/fox.jpg"}), (std::vector<std::string>{"fox.png", "fox.jpg"}));
  EXPECT_EQ(names_of({"a/fox.png", "b/fox.png"}), (std::vector<std::string>{"a/fox.png", "b/fox.png"}));
}

TEST(Variation, TakesParallelListsAsOneAxis) {
  Variation variation;
  for (const std::string seed : {"1", "2", "3"}) {
    Job one = job("a", std::stoull(seed), {{"seed", seed}, {"steps", seed + "0"}});
    one.options.steps = std::stoi(seed) * 10;
    variation.add(one);
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 1U);
  EXPECT_EQ(found.axes[0].name, "seed, steps");
  EXPECT_EQ(found.axes[0].values, (std::vector<std::string>{"1, 10", "2, 20", "3, 30"}));
}

TEST(Variation, FindsThePromptsOfAFileBesideASweep) {
  Variation variation;
  for (const std::string prompt : {"a cat", "a dog"}) {
    for (const std::string seed : {"1", "2"}) variation.add(job(prompt, std::stoull(seed), {{"seed", seed}}));
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 2U);
  EXPECT_EQ(found.axes[0].name, "prompt");
  EXPECT_EQ(found.axes[1].name, "seed");
  EXPECT_EQ(found.positions[1], (Positions{0, 1}));
}

TEST(Variation, TellsWhatFollowsFromAPromptBesideIt) {
  Variation variation;
  for (const int steps : {10, 20}) {
    Job one = job("a cat of " + std::to_string(steps), 42);
    one.options.steps = steps;
    variation.add(one);
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 1U);
  EXPECT_EQ(found.axes[0].name, "prompt, steps");
  EXPECT_EQ(found.axes[0].values[1], "a cat of 20, steps 20");
}

TEST(Variation, LeavesOutWhatFollowsFromAnAxis) {
  Variation variation;
  for (const auto& [name, method, eta] :
       {std::tuple("euler", SamplingMethod::euler, 0.0), std::tuple("euler_a", SamplingMethod::euler_a, 1.0)}) {
    for (const std::string seed : {"1", "2"}) {
      Job one = job("a", std::stoull(seed), {{"sampling_method", name}, {"seed", seed}});
      one.options.sampling_method = method;
      one.options.eta = eta;
      variation.add(one);
    }
  }
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 2U);
  EXPECT_EQ(found.axes[0].name, "sampling_method");
  EXPECT_EQ(common(found, "eta"), "(varies)");
}

TEST(Variation, HasNoAxisForEqualJobs) {
  Variation variation;
  EXPECT_TRUE(variation.arrangement().axes.empty());
  variation.add(job("a", 1));
  variation.add(job("a", 1));
  EXPECT_TRUE(variation.arrangement().axes.empty());
  EXPECT_EQ(variation.arrangement().positions.size(), 2U);
}

TEST(Variation, TakesJobsInAnyOrder) {
  std::vector<Job> jobs = {job("a cat", 7, {{"seed", "7"}}), job("a cat", 1, {{"seed", "1"}}),
                           job("a cat", 3, {{"seed", "3"}})};
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].index = i;
  Variation variation;
  for (const std::size_t i : {2, 0, 1}) variation.add(jobs[i]);
  const Arrangement found = variation.arrangement();
  ASSERT_EQ(found.axes.size(), 1U);
  EXPECT_EQ(found.axes[0].values, (std::vector<std::string>{"7", "1", "3"}));
  EXPECT_EQ(found.positions, (std::vector<std::vector<std::uint32_t>>{{0}, {1}, {2}}));
}

}  // namespace
}  // namespace sfumato

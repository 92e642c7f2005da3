#include "cli/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sfumato/error.h"
#include "text_console.h"

namespace sfumato {
namespace {

class Jobs : public JobStream {
 public:
  explicit Jobs(std::uint64_t jobs) : jobs_(jobs) {}
  std::optional<Item> next() override {
    if (at_ == jobs_) return std::nullopt;
    const std::uint64_t index = at_++;
    if (index == 1) return Item(BadLine{.message = "p.txt:2: bad", .index = index, .line = 2});
    return Item(Job{.options = {.prompt = "a \x1b fox", .steps = 5, .seed = index}, .index = index});
  }
  std::optional<JobCount> count() override { return std::nullopt; }

 private:
  std::uint64_t jobs_;
  std::uint64_t at_ = 0;
};

TEST(Plan, PrintsTheFirstAndTheLastJobs) {
  Jobs jobs(100);
  TextConsole out, err;
  const Plan plan =
      print_plan(jobs, {.path_of = [](const Job& job) { return std::to_string(job.index) + ".png"; }}, out, err);
  EXPECT_EQ(plan.count.jobs, 99U);
  EXPECT_EQ(plan.count.bad_lines, 1U);
  EXPECT_EQ(err.str(), "sfumato: error: p.txt:2: bad\n");
  const std::string text = out.str();
  EXPECT_TRUE(text.starts_with("     1  0.png  \"a \\x1b fox\" --seed 0 --steps 5\n     3  2.png  ")) << text;
  EXPECT_NE(text.find("    11  10.png  \"a \\x1b fox\" --seed 10 --steps 5\n   ...\n    98  97.png"), std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("   100  99.png  \"a \\x1b fox\" --seed 99 --steps 5\n")) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 14);
}

TEST(Plan, PrintsAllJobsAsEvents) {
  Jobs jobs(100);
  TextConsole out, err;
  (void)print_plan(jobs, {.json = true}, out, err);
  EXPECT_EQ(std::ranges::count(out.str(), '\n'), 100);
  EXPECT_TRUE(out.str().starts_with("{\"event\":\"job\",\"index\":1,\"prompt\":\"a \\u001b fox\"")) << out.str();
  EXPECT_NE(out.str().find("{\"event\":\"bad_line\",\"line\":2,\"reason\":\"p.txt:2: bad\"}\n"), std::string::npos);
}

TEST(Plan, TakesTheJobsOfItsShard) {
  Jobs jobs(100);
  TextConsole out, err;
  const Plan plan = print_plan(jobs, {.shard = {.index = 3, .count = 4}}, out, err);
  EXPECT_EQ(plan.count.jobs, 25U);
  EXPECT_EQ(plan.count.bad_lines, 0U) << "the bad line is shard 1's";
  EXPECT_EQ(err.str(), "");
}

TEST(Plan, CountsTheBadLinesOfItsShard) {
  Jobs jobs(100);
  TextConsole out, err;
  const Plan plan = print_plan(jobs, {.shard = {.index = 1, .count = 4}}, out, err);
  EXPECT_EQ(plan.count.jobs, 24U);
  EXPECT_EQ(plan.count.bad_lines, 1U);
}

TEST(Plan, AsksForThePathsOfAllShards) {
  Jobs jobs(100);
  TextConsole out, err;
  int paths = 0;
  const auto path_of = [&](const Job&) -> std::string { return std::to_string(++paths); };
  (void)print_plan(jobs, {.path_of = path_of, .shard = {.index = 3, .count = 4}}, out, err);
  EXPECT_EQ(paths, 99) << "two jobs of different shards may have one name";
}

TEST(Plan, CountsAnOutputThatCannotBeAsABadLine) {
  Jobs jobs(4);
  TextConsole out, err;
  const auto path_of = [](const Job& job) -> std::string {
    if (job.index == 3) throw Error(ErrorKind::usage, "`output`: no such name.");
    return "a.png";
  };
  EXPECT_EQ(print_plan(jobs, {.path_of = path_of}, out, err).count.bad_lines, 2U);
  EXPECT_EQ(err.str(), "sfumato: error: p.txt:2: bad\nsfumato: error: --output: no such name.\n");
}

TEST(Plan, SumsUpTheWork) {
  Jobs jobs(10);
  TextConsole out, err;
  const Plan plan = print_plan(jobs, {}, out, err);
  ASSERT_EQ(plan.work.size(), 1U);
  EXPECT_EQ(plan.work.at({}).at({128, 128}).pictures, 9U);
  EXPECT_EQ(plan.work.at({}).at({128, 128}).evaluations, 9 * 5 * 2);
}

TEST(Plan, ExpectsTheTimeOfEachSizeFromItsTrial) {
  const WorkloadBySize work = {
      {{64, 64}, {.pictures = 10, .evaluations = 400, .example = {.width = 64, .height = 64}}},
      {{128, 128}, {.pictures = 1, .evaluations = 40, .example = {.width = 128, .height = 128}}}};
  const auto pace = [](const GenerateOptions& o) {
    return o.width == 64 ? Timing{.picture = 0.5, .evaluation = 0.25} : Timing{.picture = 2, .evaluation = 1.5};
  };
  EXPECT_DOUBLE_EQ(expected_seconds(work, pace), 10 * 0.5 + 400 * 0.25 + 2 + 40 * 1.5);
}

TEST(Plan, ReckonsSizesItDoesNotTryByTheirPixels) {
  WorkloadBySize work;
  for (int i = 1; i <= 6; ++i)
    work[{64, 64 * i}] = {.pictures = 1, .evaluations = 10, .example = {.width = 64, .height = 64 * i}};
  int trials = 0;
  const auto pace = [&](const GenerateOptions& o) {
    ++trials;
    return Timing{.picture = 0, .evaluation = o.height / 64.0};
  };
  EXPECT_DOUBLE_EQ(expected_seconds(work, pace), 10 * (1 + 2 + 3 + 4 + 5 + 6));
  EXPECT_EQ(trials, static_cast<int>(kMaxCalibrations));
}

TEST(Plan, TellsTimeInWords) {
  EXPECT_EQ(format_duration(0.1), "about 1 s");
  EXPECT_EQ(format_duration(99), "about 99 s");
  EXPECT_EQ(format_duration(600), "about 10 min");
  EXPECT_EQ(format_duration(7500), "about 2 h 5 min");
  EXPECT_EQ(format_duration(864000), "about 10 days");
}

}  // namespace
}  // namespace sfumato

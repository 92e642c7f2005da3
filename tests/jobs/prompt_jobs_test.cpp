#include "jobs/prompt_jobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

class PromptJobsTest : public ::testing::Test {
 protected:
  std::string path() { return (folder_ / "p.txt").string(); }

  PromptJobs jobs(const std::string& text, const OptionSettings& settings = {}) {
    write_file(path(), text);
    return PromptJobs({.settings = settings,
                       .from_file = path(),
                       .wildcards = folder_.string(),
                       .rules = {.model = {.size_multiple = 8}}},
                      1);
  }

  // "0:a/42 1:[p.txt:2: ...]"
  std::string all(JobStream& source) {
    std::string result;
    while (const std::optional<Item> item = source.next()) {
      const auto* bad = std::get_if<BadLine>(&*item);
      const auto* job = std::get_if<Job>(&*item);
      const std::uint64_t index = bad != nullptr ? bad->index : job->index;
      result += (result.empty() ? "" : " ") + std::to_string(index) + ":";
      result += bad != nullptr ? "[" + bad->message.substr(folder_.string().size() + 1) + "]"
                               : job->options.prompt + "/" + std::to_string(job->options.seed);
    }
    return result;
  }

 private:
  std::filesystem::path folder_ = test_folder();
};

OptionSetting setting(const char* name, const char* text) { return {.option = find_job_option(name), .texts = {text}}; }

TEST_F(PromptJobsTest, GivesThePicturesOfEachLine) {
  PromptJobs source = jobs("a\n\n# no\nb --seed 1..2\nc");
  EXPECT_EQ(all(source), "0:a/42 1:b/1 2:b/2 3:c/42");
  EXPECT_FALSE(source.next());
}

TEST_F(PromptJobsTest, GoesOnAfterAPictureWhoseWildcardIsTooLong) {
  write_file(std::filesystem::path(path()).parent_path() / "long.txt", std::string(100'000, 'x') + "\n");
  PromptJobs source = jobs("a\n__long__\nb");
  EXPECT_EQ(all(source), "0:a/42 1:[p.txt:2: `prompt`: 100000 bytes, at most 65536 are taken.] 2:b/42");
}

TEST_F(PromptJobsTest, SaysWhereEachComesFrom) {
  PromptJobs source = jobs("\na --output x.png --cfg-scale 2,3\n");
  (void)source.next();
  const Job job = std::get<Job>(source.next().value());
  EXPECT_EQ(job.origin, path() + ":2");
  EXPECT_EQ(job.line, 2U);
  EXPECT_EQ(job.index, 1U);
  EXPECT_EQ(job.output_template, "x.png");
  EXPECT_EQ(job.axes.at(0), std::pair(std::string("cfg_scale"), std::string("3")));
}

TEST_F(PromptJobsTest, GoesOnAfterABadLineWhichKeepsItsNumber) {
  PromptJobs source = jobs("a\nb --step 3\n{\"prompt\": \"c\"}\nd\xff\n{\"seed\": 1}\ne -W 513\nf");
  EXPECT_EQ(
      all(source),
      "0:a/42 1:[p.txt:2: --step: is not an option of a picture. Did you mean `steps`?] 2:c/42 "
      "3:[p.txt:4: not UTF-8 at byte 2.] 4:[p.txt:5: no prompt: say what the picture shows.] "
      "5:[p.txt:6: `width`: 513 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 512 or 520.] "
      "6:f/42");
}

TEST_F(PromptJobsTest, CountsWhatItWillGive) {
  PromptJobs source = jobs("a\nb --seed 1..1000000\nc --sede 3\n");
  (void)source.next();
  const JobCount count = source.count().value();
  EXPECT_EQ(count.jobs, 1'000'001U);
  EXPECT_EQ(count.bad_lines, 1U);
  const Job job = std::get<Job>(source.next().value());
  EXPECT_EQ(job.options.seed, 1U) << "counting does not disturb the order";
}

TEST_F(PromptJobsTest, RefusesAFileWithoutPrompts) {
  for (const char* const text : {"", "\n\n", "# a\n  # b"}) {
    PromptJobs source = jobs(text);
    EXPECT_EQ(error_of([&] { (void)source.next(); }),
              "bad_data: no prompts in " + path() + ". Write one a line; `help` prompts tells more.");
  }
}

TEST_F(PromptJobsTest, TakesTheCommandLineForWhatALineDoesNotSay) {
  PromptJobs source = jobs("a\nb --seed 9\n", {setting("seed", "1,2"), setting("steps", "5")});
  EXPECT_EQ(all(source), "0:a/1 1:a/2 2:b/9");
}

TEST_F(PromptJobsTest, TellsOnceWhatWouldMakeEveryLineBad) {
  EXPECT_EQ(error_of([&] { (void)jobs("a\nb", {setting("width", "513")}); }),
            "usage: `width`: 513 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 512 or 520.");
  PromptJobs source = jobs("a --sampler ddim\nb", {setting("eta", "0.5")});
  EXPECT_EQ(
      all(source),
      "0:a/42 1:[p.txt:2: `eta`: dpm++2m has no eta. Leave `eta` out, or take one of ddim, euler_a, dpm2_a, "
      "dpm++2s_a, dpm++2m_sde, dpm++sde, dpm++3m_sde, dpm++2m_sde_heun, euler_a_cfg_pp, tcd, dpm_fast, dpm_adaptive.]");
}

TEST_F(PromptJobsTest, DrawsTheSameSeedsWhenLinesAreMoved) {
  const auto seed_of = [&](const std::string& text, const std::string& prompt) {
    PromptJobs source = jobs(text, {setting("seed", "random")});
    while (const std::optional<Item> item = source.next()) {
      if (std::get<Job>(*item).options.prompt == prompt) return std::get<Job>(*item).options.seed;
    }
    return std::uint64_t{0};
  };
  EXPECT_EQ(seed_of("a\nb\n", "b"), seed_of("b\nc\na\n", "b"));
  EXPECT_NE(seed_of("a\nb\n", "a"), seed_of("a\nb\n", "b"));
  PromptJobs twice = jobs("a\na\n", {setting("seed", "random")});
  const Job first = std::get<Job>(twice.next().value());
  EXPECT_NE(first.options.seed, std::get<Job>(twice.next().value()).options.seed);
}

TEST_F(PromptJobsTest, TakesPromptsFromTheDefaultsIfTheyHaveOne) {
  write_file(path(), "--seed 5\n");
  PromptJobs source({.from_file = path(), .has_prompt = true, .rules = {.model = {.defaults = {.prompt = "a fox"}}}},
                    1);
  EXPECT_EQ(all(source), "0:a fox/5");
}

TEST_F(PromptJobsTest, IsReadyWhenALineThatAsksForSomethingWasWritten) {
  using std::chrono::milliseconds;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  PromptJobs source({.from_file = "/dev/fd/" + std::to_string(ends[0]), .rules = {.model = {.size_multiple = 8}}}, 1);
  const auto write = [&](const std::string& text) {
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  EXPECT_FALSE(source.ready(milliseconds(0)));
  write("# nothing but a comment\n\n");
  EXPECT_FALSE(source.ready(milliseconds(0)));
  write("a cat --seed 1,2\n--steps no\n");
  for (const std::uint64_t seed : {1U, 2U}) {
    EXPECT_TRUE(source.ready(milliseconds(0)));
    EXPECT_EQ(std::get<Job>(*source.next()).options.seed, seed);
  }
  EXPECT_TRUE(source.ready(milliseconds(0)));
  EXPECT_TRUE(source.ready(milliseconds(0))) << "a line is taken once";
  EXPECT_EQ(std::get<BadLine>(*source.next()).line, 4U);
  EXPECT_FALSE(source.ready(milliseconds(1)));
  close(ends[1]);
  EXPECT_TRUE(source.ready(milliseconds(0)));
  EXPECT_FALSE(source.next().has_value());
  close(ends[0]);
}

}  // namespace
}  // namespace sfumato

#include "jobs/job_shard.h"

#include <gtest/gtest.h>

#include <map>

#include "error_of.h"

namespace sfumato {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment(const Variables& variables) {
  return [variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

std::string shard(const std::string& text, const Variables& variables = {}) {
  std::string result;
  const std::string error = error_of([&] {
    const JobShard parsed = parse_shard(text, environment(variables));
    result = std::to_string(parsed.index) + " of " + std::to_string(parsed.count);
  });
  return result.empty() ? error : result;
}

TEST(JobShard, IsSaidAsOneOfSeveral) {
  EXPECT_EQ(shard("0/8"), "0 of 8");
  EXPECT_EQ(shard("7/8"), "7 of 8");
  EXPECT_EQ(shard("0/1"), "0 of 1");
}

TEST(JobShard, RefusesWhatIsNone) {
  EXPECT_EQ(shard("8/8"), "usage: --shard: \"8/8\": shard 8 of 8: the first is 0, the last is 7.");
  EXPECT_EQ(shard("3/0"), "usage: --shard: \"3/0\": the number of shards is from 1 to 1000000.");
  for (const char* text : {"x", "", "1", "/", "1/", "/2", "-1/2", "1/2/3", "0x1/2", " 1/2", "env/x", "1.0/2"}) {
    EXPECT_EQ(shard(text),
              "usage: --shard: \"" + std::string(text) + "\": i/n is wanted, with i from 0 to n-1, or env, or env/n.");
  }
}

TEST(JobShard, IsThatOfASlurmArrayWhereverItBegins) {
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_COUNT", "8"}}), "3 of 8");
  EXPECT_EQ(
      shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "1"}, {"SLURM_ARRAY_TASK_COUNT", "8"}}),
      "2 of 8");
}

TEST(JobShard, IsThatOfAKubernetesJobWhenTheNumberIsSaid) {
  EXPECT_EQ(shard("env/5", {{"JOB_COMPLETION_INDEX", "4"}}), "4 of 5");
  EXPECT_EQ(shard("env", {{"JOB_COMPLETION_INDEX", "4"}}),
            "usage: --shard: \"env\": JOB_COMPLETION_INDEX is 4, but of how many is not known. Say env/n.");
  EXPECT_EQ(shard("env/4", {{"JOB_COMPLETION_INDEX", "4"}}),
            "usage: --shard: \"env/4\": shard 4 of 4: the first is 0, the last is 3.");
}

TEST(JobShard, NamesTheVariablesThatAreMissing) {
  EXPECT_EQ(
      shard("env"),
      "usage: --shard: \"env\": neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set. Say it as i/n, with i "
      "from 0 to n-1.");
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}}),
            "usage: --shard: \"env\": SLURM_ARRAY_TASK_ID is 3, but of how many is not known. Say env/n.");
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "three"}}),
            "usage: --shard: \"env\": SLURM_ARRAY_TASK_ID is \"three\", which is no whole number.");
}

TEST(JobShard, GivesEachJobToOneShard) {
  for (std::uint64_t job = 0; job < 20; ++job) {
    int owners = 0;
    for (std::uint64_t index = 0; index < 3; ++index) owners += JobShard{.index = index, .count = 3}.has(job) ? 1 : 0;
    EXPECT_EQ(owners, 1);
  }
}

TEST(JobShard, WarnsOfAnArrayThatIsNotShared) {
  EXPECT_EQ(warning_of_array(environment({})), "");
  EXPECT_EQ(
      warning_of_array(environment({{"SLURM_ARRAY_TASK_ID", "3"}})),
      "SLURM_ARRAY_TASK_ID is set, but there is no --shard: every task makes all pictures. --shard env shares them "
      "out.");
}

}  // namespace
}  // namespace sfumato

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

// The variables of task `id` of `sbatch --array`.
Variables slurm_array(const char* id, const char* min, const char* max, const char* step, const char* count) {
  return {{"SLURM_ARRAY_TASK_ID", id},
          {"SLURM_ARRAY_TASK_MIN", min},
          {"SLURM_ARRAY_TASK_MAX", max},
          {"SLURM_ARRAY_TASK_STEP", step},
          {"SLURM_ARRAY_TASK_COUNT", count}};
}

TEST(JobShard, IsGivenAsOneOfSeveral) {
  EXPECT_EQ(shard("0/8"), "0 of 8");
  EXPECT_EQ(shard("7/8"), "7 of 8");
  EXPECT_EQ(shard("0/1"), "0 of 1");
}

TEST(JobShard, RefusesOtherText) {
  EXPECT_EQ(shard("8/8"), "usage: `shard`: \"8/8\": shard 8 of 8; 0 to 7 is expected.");
  EXPECT_EQ(shard("3/0"), "usage: `shard`: \"3/0\": 0 shards; 1 to 1000000 are expected.");
  for (const char* text : {"x", "", "1", "/", "1/", "/2", "-1/2", "1/2/3", "0x1/2", " 1/2", "env/x", "1.0/2", "env/",
                           "env/1-", "env/-8", "env/8-1", "env/0-1000000", "1/1-8", "env/1-8-9"}) {
    EXPECT_EQ(shard(text), "usage: `shard`: \"" + std::string(text) +
                               "\": I/N is expected, with I from 0 to N-1, or env, env/N or env/1-N.");
  }
}

TEST(JobShard, OfASlurmArrayCountsItsTasks) {
  EXPECT_EQ(shard("env", slurm_array("3", "0", "7", "1", "8")), "3 of 8");
  EXPECT_EQ(shard("env", slurm_array("1", "1", "8", "1", "8")), "0 of 8");
  EXPECT_EQ(shard("env", slurm_array("8", "1", "8", "1", "8")), "7 of 8");
  EXPECT_EQ(shard("env", slurm_array("26", "10", "42", "8", "5")), "2 of 5");
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_COUNT", "8"}}), "3 of 8");
  EXPECT_EQ(
      shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "1"}, {"SLURM_ARRAY_TASK_COUNT", "8"}}),
      "2 of 8");
}

TEST(JobShard, RefusesASlurmArrayWithGaps) {
  EXPECT_EQ(shard("env", slurm_array("17", "3", "17", "1", "2")),
            "usage: `shard`: \"env\": task 17 of an array of 2 tasks from 3 to 17 in steps of 1: an array without gaps "
            "is expected. Give env/N, where N is the number of tasks in all.");
  for (const Variables& variables : {slurm_array("5", "0", "8", "4", "3"), slurm_array("9", "0", "8", "1", "9"),
                                     slurm_array("0", "1", "8", "1", "8"), slurm_array("3", "0", "7", "0", "8"),
                                     slurm_array("3", "7", "0", "1", "8")}) {
    const std::string error = shard("env", variables);
    EXPECT_NE(error.find("an array without gaps is expected."), std::string::npos) << error;
  }
}

TEST(JobShard, OfSeveralTakesTheTaskIdAsItIs) {
  // sbatch --array=3,17 repeats two tasks of a hundred.
  EXPECT_EQ(shard("env/100", slurm_array("3", "3", "17", "1", "2")), "3 of 100");
  EXPECT_EQ(shard("env/100", slurm_array("17", "3", "17", "1", "2")), "17 of 100");
  EXPECT_EQ(shard("env/8", slurm_array("0", "0", "7", "1", "8")), "0 of 8");
  EXPECT_EQ(shard("env/8", slurm_array("8", "1", "8", "1", "8")),
            "usage: `shard`: \"env/8\": SLURM_ARRAY_TASK_ID is 8; 0 to 7 is expected. For tasks from 1 to N give "
            "env/1-N.");
  EXPECT_EQ(shard("env/0", slurm_array("0", "0", "7", "1", "8")),
            "usage: `shard`: \"env/0\": 0 shards; 1 to 1000000 are expected.");
}

TEST(JobShard, OfARangeSubtractsItsFirst) {
  EXPECT_EQ(shard("env/1-100", slurm_array("3", "3", "17", "1", "2")), "2 of 100");
  EXPECT_EQ(shard("env/1-8", slurm_array("1", "1", "8", "1", "8")), "0 of 8");
  EXPECT_EQ(shard("env/1-8", slurm_array("8", "1", "8", "1", "8")), "7 of 8");
  EXPECT_EQ(shard("env/10-12", {{"JOB_COMPLETION_INDEX", "12"}}), "2 of 3");
  for (const char* id : {"0", "9"}) {
    EXPECT_EQ(shard("env/1-8", slurm_array(id, "0", "9", "1", "10")),
              "usage: `shard`: \"env/1-8\": SLURM_ARRAY_TASK_ID is " + std::string(id) +
                  "; 1 to 8 is expected. For tasks from 1 to N give env/1-N.");
  }
}

TEST(JobShard, OfSrunIsItsProcess) {
  const Variables process = {{"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "6"}};
  EXPECT_EQ(shard("env", process), "5 of 6");
  EXPECT_EQ(shard("env/12", process), "5 of 12");
  EXPECT_EQ(shard("env", {{"SLURM_PROCID", "6"}, {"SLURM_NTASKS", "6"}}),
            "usage: `shard`: \"env\": shard 6 of 6; 0 to 5 is expected.");
  EXPECT_EQ(shard("env", {{"SLURM_PROCID", "5"}}),
            "usage: `shard`: \"env\": SLURM_PROCID is 5, but the number of tasks is unknown. Give env/N.");
  // A task of an array has these variables, too: it is process 0 of its own.
  Variables task = slurm_array("3", "0", "7", "1", "8");
  task.insert({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}});
  EXPECT_EQ(shard("env", task), "3 of 8");
}

TEST(JobShard, OfAKubernetesJobNeedsTheNumber) {
  EXPECT_EQ(shard("env/5", {{"JOB_COMPLETION_INDEX", "4"}}), "4 of 5");
  EXPECT_EQ(shard("env", {{"JOB_COMPLETION_INDEX", "4"}}),
            "usage: `shard`: \"env\": JOB_COMPLETION_INDEX is 4, but the number of tasks is unknown. Give env/N.");
  EXPECT_EQ(shard("env/4", {{"JOB_COMPLETION_INDEX", "4"}}),
            "usage: `shard`: \"env/4\": JOB_COMPLETION_INDEX is 4; 0 to 3 is expected. For tasks from 1 to N give "
            "env/1-N.");
}

TEST(JobShard, NamesTheVariablesThatAreMissing) {
  EXPECT_EQ(shard("env"),
            "usage: `shard`: \"env\": none of SLURM_ARRAY_TASK_ID, SLURM_PROCID and JOB_COMPLETION_INDEX is set. Give "
            "it as I/N, with I from 0 to N-1.");
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "3"}}),
            "usage: `shard`: \"env\": SLURM_ARRAY_TASK_ID is 3, but the number of tasks is unknown. Give env/N.");
  EXPECT_EQ(shard("env", {{"SLURM_ARRAY_TASK_ID", "three"}}),
            "usage: `shard`: \"env\": SLURM_ARRAY_TASK_ID is \"three\", which is not a whole number.");
}

TEST(JobShard, GivesEachJobToOneShard) {
  for (std::uint64_t job = 0; job < 20; ++job) {
    int owners = 0;
    for (std::uint64_t index = 0; index < 3; ++index) owners += JobShard{.index = index, .count = 3}.has(job) ? 1 : 0;
    EXPECT_EQ(owners, 1);
  }
}

TEST(JobShard, WarnsOfTasksThatAreNotShared) {
  EXPECT_EQ(warning_of_array(environment({})), "");
  EXPECT_EQ(
      warning_of_array(environment({{"SLURM_ARRAY_TASK_ID", "3"}})),
      "SLURM_ARRAY_TASK_ID is set, but there is no `shard`: every task makes all pictures. `shard` env shares them "
      "out.");
  EXPECT_EQ(warning_of_array(environment({{"JOB_COMPLETION_INDEX", "3"}})),
            "JOB_COMPLETION_INDEX is set, but there is no `shard`: every task makes all pictures. `shard` env/N shares "
            "them out.");
  EXPECT_EQ(
      warning_of_array(environment({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}})),
      "SLURM_PROCID is set, but there is no `shard`: every task makes all pictures. `shard` env shares them out.");
  EXPECT_EQ(warning_of_array(environment({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "1"}})), "");
}

}  // namespace
}  // namespace sfumato

// The jobs of a command as --plan prints them, and how long they would take.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/console.h"
#include "jobs/job.h"
#include "jobs/job_shard.h"

namespace sfumato {

// The work of all pictures of one size. Those of a batch count one by one.
struct Workload {
  std::uint64_t pictures = 0;
  double evaluations = 0;     // of the U-Net; guidance doubles them
  GenerateOptions example{};  // one of the pictures
};
using WorkloadBySize = std::map<std::pair<int, int>, Workload>;  // by width and height

struct Plan {
  JobCount count{};                           // of the shard
  std::map<ModelRef, WorkloadBySize> work{};  // by Job::model
};

struct PlanOptions {
  bool json = false;
  GenerateOptions defaults{};  // only values that differ from these are printed
  bool is_one_model = true;    // else each line names the model
  // The path of a job's picture, called for the jobs of all shards; throws Error if the job's own --output is wrong.
  // Empty: no paths are printed.
  std::function<std::string(const Job& job)> path_of = {};
  JobShard shard{};
};

// Goes through all jobs. Prints to `out` the first and last ones, or with json all of them, an event a line; to `err`
// each bad line. Memory grows with the number of sizes alone.
Plan print_plan(JobStream& jobs, const PlanOptions& options, Console& out, Console& err);

// Seconds that one picture of a size takes.
struct Timing {
  double picture = 0;     // besides the evaluations: text encoder, decoder, PNG
  double evaluation = 0;  // one evaluation of the U-Net
};

// Makes `example` with few steps and measures it.
using Calibrate = std::function<Timing(const GenerateOptions& example)>;

// The seconds of all the work. The kMaxCalibrations sizes with the most work are measured; the others are scaled by
// pixels from the nearest of them.
inline constexpr std::size_t kMaxCalibrations = 4;
[[nodiscard]] double expected_seconds(const WorkloadBySize& work, const Calibrate& calibrate);

// "about 2 h 5 min", "about 40 s"
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace sfumato

// --plan: what a run would do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>

#include "jobs/job.h"

namespace sfumato {

// What all pictures of one size ask of the model: the runs of the U-Net, those of a batch counted one by one.
struct Workload {
  std::uint64_t pictures = 0;
  double evaluations = 0;     // with guidance an evaluation is two runs, and so counts twice
  GenerateOptions example{};  // one of them
};
using WorkloadBySize = std::map<std::pair<int, int>, Workload>;  // width, height

struct Plan {
  JobCount count{};
  WorkloadBySize work{};
};

struct PlanOptions {
  bool json = false;
  GenerateOptions defaults{};                               // what does not differ from these is not printed
  std::function<std::string(const Job& job)> path_of = {};  // where the picture would go; empty: not told
  std::function<bool(const Job& job)> is_ours = {};         // empty: all are; else those of this shard
};

// Goes through all jobs. Prints to `out` the first and the last ones, or with json all of them, an event a line, and
// their number; to `err` each bad line. Memory does not grow with their number, but for one entry a size.
Plan print_plan(JobStream& jobs, const PlanOptions& options, std::ostream& out, std::ostream& err);

// Seconds that pictures of a size take: one of each, and one evaluation.
struct Timing {
  double picture = 0;  // beside the evaluations: text, decoder, PNG
  double evaluation = 0;
};

// Tries `example` with few steps, and tells its pace.
using Calibrate = std::function<Timing(const GenerateOptions& example)>;

// The seconds that all the work takes. At most kMaxCalibrations sizes are tried, those with the most work; the others
// are reckoned from the nearest of them by their pixels.
inline constexpr std::size_t kMaxCalibrations = 4;
[[nodiscard]] double expected_seconds(const WorkloadBySize& work, const Calibrate& calibrate);

// "about 2 h 5 min", "about 40 s"
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace sfumato

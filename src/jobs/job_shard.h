// Shards: of n processes, each makes every nth job, without talking to the others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace sfumato {

struct JobShard {
  std::uint64_t index = 0;  // from 0
  std::uint64_t count = 1;

  [[nodiscard]] bool has(std::uint64_t job) const { return job % count == index; }
};

// The value of an environment variable; nullptr if it is not set.
using Environment = std::function<const char*(const char* name)>;

// "3/8"    shard 3 of 8, the fourth.
// "env/8"  the task id as it is, 0 to 7: JOB_COMPLETION_INDEX (Kubernetes), SLURM_ARRAY_TASK_ID (an array from 0), or
//          SLURM_PROCID (srun), the first of them that is set.
// "env/1-8"  the task id from 1 to 8 is shard 0 to 7, for arrays that begin at 1; likewise any FIRST-LAST.
// "env"    index and count from an array of any range and step without gaps (SLURM_ARRAY_TASK_ID, _MIN, _MAX, _STEP,
//          _COUNT), or from srun (SLURM_PROCID, SLURM_NTASKS).
// Throws Error(usage) with the legal range and the variables that were read.
[[nodiscard]] JobShard parse_shard(const std::string& text, const Environment& environment);

// A warning for a run without a shard whose environment is that of several tasks, so that each makes all pictures;
// empty if it is not.
[[nodiscard]] std::string warning_of_array(const Environment& environment);

}  // namespace sfumato

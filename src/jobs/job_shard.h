// A share of a run: of n processes, each makes every nth picture, and nobody has to talk to anybody.
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

// "3/8": the fourth of eight. "env": from SLURM_ARRAY_TASK_ID, _MIN and _COUNT (an array of step 1, wherever it
// begins). "env/8": the index from JOB_COMPLETION_INDEX (Kubernetes) or SLURM_ARRAY_TASK_ID. Throws Error(usage) with
// the legal range and the variables that were seen.
using Environment = std::function<const char*(const char* name)>;
[[nodiscard]] JobShard parse_shard(const std::string& text, const Environment& environment);

// What to warn of when no shard was said: an array's variables are set, so every task would make all pictures. Empty if
// there is nothing to warn of.
[[nodiscard]] std::string warning_of_array(const Environment& environment);

}  // namespace sfumato

// The kernel's counters of processes that it killed for want of memory: a SIGKILL that no scheduler and no user sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sfumato {

// Where the kernel shows them.
struct OomPlaces {
  std::filesystem::path proc = "/proc";
  std::filesystem::path cgroup = "/sys/fs/cgroup";
};

// The counters that would grow if this process were killed: that of its control group, version 1 or 2, then that of the
// machine (/proc/vmstat), as far as they exist. A counter's name holds only for one boot of one machine, and a group's
// only as long as the group exists.
[[nodiscard]] std::vector<std::string> oom_counters(const OomPlaces& places = {});

// The counter's value; nullopt if it is another machine's, of an earlier boot, or of a group that is gone.
[[nodiscard]] std::optional<std::uint64_t> oom_kills(const std::string& counter, const OomPlaces& places = {});

}  // namespace sfumato

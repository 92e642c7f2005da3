// How much memory is available.
#pragma once

#include <cstdint>
#include <filesystem>

namespace sfumato {

// Bytes that this process can take without swapping: the least of MemAvailable and of what each control group of the
// process, version 1 or 2, leaves up to its limit. Page cache of a group counts as free: the kernel drops it first.
// A limit of the address space counts as well. The largest number if neither can be read: an unknown limit refuses
// nothing.
[[nodiscard]] std::uint64_t available_memory();

// The same with other folders than /proc and /sys/fs/cgroup.
[[nodiscard]] std::uint64_t available_memory_in(const std::filesystem::path& proc, const std::filesystem::path& cgroup);

}  // namespace sfumato

#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

namespace sfumato {
namespace {

std::optional<std::uint64_t> read_number(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;  // "max" is no number, and no limit
}

std::optional<std::uint64_t> mem_available() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  for (std::uint64_t kilobytes = 0; file >> key >> kilobytes; std::getline(file, unit)) {
    if (key == "MemAvailable:") return kilobytes * 1024;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t available_memory() {
  constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = read_number("/sys/fs/cgroup/memory.max").value_or(unlimited);
  const std::uint64_t used = read_number("/sys/fs/cgroup/memory.current").value_or(0);
  const std::uint64_t left = limit == unlimited ? unlimited : limit - std::min(limit, used);
  return std::min(left, mem_available().value_or(unlimited));
}

}  // namespace sfumato

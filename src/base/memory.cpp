#include "base/memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/address_space.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// The files of a memory controller.
struct Controller {
  const char* limit;
  const char* usage;
  std::string_view active_file;  // lines of memory.stat: page cache, of the group and those below it
  std::string_view inactive_file;
};
constexpr Controller kVersion1{.limit = "memory.limit_in_bytes",
                               .usage = "memory.usage_in_bytes",
                               .active_file = "total_active_file",
                               .inactive_file = "total_inactive_file"};
constexpr Controller kVersion2{
    .limit = "memory.max", .usage = "memory.current", .active_file = "active_file", .inactive_file = "inactive_file"};

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// nullopt also for "max", which means no limit.
std::optional<std::uint64_t> read_number(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  return file >> word ? number_of(word) : std::nullopt;
}

// The sum of the lines "NAME NUMBER" with one of two names.
std::uint64_t read_sum(const fs::path& path, std::string_view first, std::string_view second) {
  std::ifstream file(path);
  std::uint64_t sum = 0;
  std::string name, value;
  while (file >> name >> value) {
    if (name == first || name == second) sum += number_of(value).value_or(0);
  }
  return sum;
}

std::uint64_t free_in_group(const fs::path& group, const Controller& controller) {
  const std::optional<std::uint64_t> limit = read_number(group / controller.limit);
  if (!limit) return kUnlimited;
  const std::uint64_t usage = read_number(group / controller.usage).value_or(0);
  const std::uint64_t cache = read_sum(group / "memory.stat", controller.active_file, controller.inactive_file);
  const std::uint64_t used = usage - std::min(usage, cache);
  return *limit - std::min(*limit, used);
}

// Of the group and its ancestors up to the root of the mount. In a container the path may be the host's: folders that
// the mount lacks are passed over.
std::uint64_t free_up_to_root(const fs::path& mount, const std::string& group, const Controller& controller) {
  fs::path folder = mount;
  std::uint64_t least = free_in_group(folder, controller);
  for (const fs::path& part : fs::path(group).relative_path()) {
    if (part == "..") break;  // outside this namespace
    folder /= part;
    least = std::min(least, free_in_group(folder, controller));
  }
  return least;
}

bool has_controller(std::string_view list, std::string_view controller) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == controller) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// Lines of /proc/self/cgroup are ID:CONTROLLERS:PATH. Version 2 has ID 0 and no controllers; next to version 1 it is
// mounted at `unified`.
std::uint64_t free_in_groups(const fs::path& proc, const fs::path& cgroup) {
  std::ifstream file(proc / "self" / "cgroup");
  // A container's own group is the root of the mount, whether or not the list can be read.
  std::uint64_t least = std::min(free_in_group(cgroup, kVersion2), free_in_group(cgroup / "memory", kVersion1));
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (line.starts_with("0::")) {
      least = std::min(least, free_up_to_root(cgroup, group, kVersion2));
      least = std::min(least, free_up_to_root(cgroup / "unified", group, kVersion2));
    } else if (has_controller(controllers, "memory")) {
      least = std::min(least, free_up_to_root(cgroup / "memory", group, kVersion1));
    }
  }
  return least;
}

std::uint64_t mem_available(const fs::path& proc) {
  std::ifstream file(proc / "meminfo");
  std::string line;
  constexpr std::string_view key = "MemAvailable:";
  while (std::getline(file, line)) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = std::min(line.find_first_not_of(' ', key.size()), line.size());
    const std::optional<std::uint64_t> kilobytes = number_of(line.substr(begin, line.find(' ', begin) - begin));
    return kilobytes && *kilobytes < kUnlimited / 1024 ? *kilobytes * 1024 : kUnlimited;
  }
  return kUnlimited;
}

}  // namespace

std::uint64_t available_memory_in(const fs::path& proc, const fs::path& cgroup) {
  return std::min(mem_available(proc), free_in_groups(proc, cgroup));
}

std::uint64_t available_memory() {
  const std::uint64_t memory = available_memory_in("/proc", "/sys/fs/cgroup");
  const std::optional<AddressSpace> space = address_space();
  return space ? std::min(memory, space->left()) : memory;
}

}  // namespace sfumato

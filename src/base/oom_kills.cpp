#include "base/oom_kills.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/folder.h"

namespace sfumato {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
constexpr const char* kMachine = "vmstat";
constexpr const char* kEvents = "memory.events";        // of version 2
constexpr const char* kControl = "memory.oom_control";  // of version 1

std::string first_word(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

std::string boot_of(const OomPlaces& places) {
  return first_word(places.proc / "sys" / "kernel" / "random" / "boot_id");
}

// Tells a group from a later one of the same name.
std::uint64_t inode_of(const fs::path& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// The line "oom_kill N".
std::optional<std::uint64_t> kills_in(const std::string& text) {
  std::istringstream words(text);
  std::string name;
  std::uint64_t number = 0;
  while (words >> name >> number) {
    if (name == "oom_kill") return number;
  }
  return std::nullopt;
}

// A file that a name from a journal leads to is read only below `folder`.
std::optional<std::uint64_t> kills_below(const fs::path& folder, const fs::path& name) {
  try {
    const FileDescriptor file = Folder(folder).open_file(name);
    std::string text(kMaxBytes, '\0');
    std::size_t length = 0;
    for (ssize_t count = 1; file && count > 0 && length < kMaxBytes; length += static_cast<std::size_t>(count)) {
      count = std::max<ssize_t>(0, read(file.get(), text.data() + length, kMaxBytes - length));
    }
    return kills_in(text.substr(0, length));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The file of the group or of its next ancestor that the mount has, relative to `cgroup`; empty if there is none.
fs::path counter_of_group(const fs::path& cgroup, const fs::path& mount, const std::string& group, const char* file) {
  for (fs::path below = fs::path(group).relative_path();; below = below.parent_path()) {
    const fs::path name = (mount / below / file).lexically_normal();
    if (kills_below(cgroup, name)) return name;
    if (below.empty()) return {};
  }
}

// Lines of /proc/self/cgroup are ID:CONTROLLERS:PATH; version 2 has ID 0 and no controllers.
fs::path counter_of_this_group(const OomPlaces& places) {
  std::ifstream file(places.proc / "self" / "cgroup");
  fs::path found;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const std::string group = line.substr(second + 1);
    if (controllers.find(",memory,") != std::string::npos) {
      return counter_of_group(places.cgroup, "memory", group, kControl);
    }
    if (!line.starts_with("0::")) continue;
    found = counter_of_group(places.cgroup, "", group, kEvents);
    if (found.empty()) found = counter_of_group(places.cgroup, "unified", group, kEvents);
  }
  return found;
}

}  // namespace

// "BOOT vmstat", "BOOT INODE FILE": FILE is relative to places.cgroup and comes last because it may have blanks.
std::vector<std::string> oom_counters(const OomPlaces& places) {
  const std::string boot = boot_of(places);
  if (boot.empty()) return {};
  std::vector<std::string> counters;
  if (const fs::path group = counter_of_this_group(places); !group.empty()) {
    const std::uint64_t inode = inode_of((places.cgroup / group).parent_path());
    counters.push_back(boot + " " + std::to_string(inode) + " " + group.string());
  }
  if (kills_below(places.proc, kMachine)) counters.push_back(boot + " " + kMachine);
  return counters;
}

std::optional<std::uint64_t> oom_kills(const std::string& counter, const OomPlaces& places) {
  std::istringstream words(counter);
  std::string boot, which;
  words >> boot >> which;
  if (boot.empty() || boot != boot_of(places)) return std::nullopt;
  if (which == kMachine) return kills_below(places.proc, kMachine);
  std::string file;
  std::getline(words.ignore(), file);
  const fs::path name = file;
  if (name.filename() != kEvents && name.filename() != kControl) return std::nullopt;
  if (!is_inside_name(name)) return std::nullopt;
  if (std::to_string(inode_of((places.cgroup / name).parent_path())) != which) return std::nullopt;
  return kills_below(places.cgroup, name);
}

}  // namespace sfumato

#include "base/temporary_name.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string_view>

#include "base/file_lock.h"
#include "base/name_claim.h"
#include "base/process.h"

namespace sfumato {
namespace {

constexpr std::string_view kPrefix = ".sfumato-";
constexpr std::time_t kSecondsOfADay = 24 * 60 * 60;
constexpr std::time_t kSilence = 120;  // seconds

std::string_view suffix_of(TemporaryKind kind) {
  switch (kind) {
    case TemporaryKind::part:
      return ".part";
    case TemporaryKind::claim:
      return ".claim";
    case TemporaryKind::replaced:
      return ".old";
  }
  return "";
}

template <typename Number = int>
std::optional<Number> whole_number(std::string_view digits) {
  Number value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value >= 0 ? std::optional(value)
                                                                                    : std::nullopt;
}

// The process in a temporary name; nullopt for other names. Version 0.1 wrote no host, and 0.5 no start.
std::optional<ProcessName> owner_of(std::string_view name, TemporaryKind kind) {
  const std::string_view suffix = suffix_of(kind);
  if (!name.starts_with(kPrefix) || !name.ends_with(suffix) || name.size() < kPrefix.size() + suffix.size()) {
    return std::nullopt;
  }
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - suffix.size());
  const std::size_t attempt = name.rfind('-');
  if (attempt == std::string_view::npos || !whole_number(name.substr(attempt + 1))) return std::nullopt;
  name = name.substr(0, attempt);
  const std::size_t dash = name.rfind('-');
  const std::string_view host = dash == std::string_view::npos ? "" : name.substr(0, dash);
  const std::string_view process = dash == std::string_view::npos ? name : name.substr(dash + 1);
  const std::size_t dot = process.find('.');
  const std::optional<int> id = whole_number(process.substr(0, dot));
  const std::optional<std::uint64_t> start =
      dot == std::string_view::npos ? 0 : whole_number<std::uint64_t>(process.substr(dot + 1));
  if (!id || !start) return std::nullopt;
  return ProcessName{.host = std::string(host), .id = *id, .start = *start};
}

// For a lock, which NFS gives to a descriptor that can be written to. A folder cannot be opened so.
FileDescriptor opened(const std::filesystem::path& path) {
  constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  FileDescriptor file(open(path.c_str(), O_RDWR | kFlags));
  return file ? std::move(file) : FileDescriptor(open(path.c_str(), O_RDONLY | kFlags));
}

// The descriptor that holds the lock, if there may be one; none if the file is in use.
FileDescriptor locked_if_stale(const std::filesystem::path& path, const ProcessName& owner) {
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) return {};
  const std::time_t age = std::abs(std::time(nullptr) - status.st_mtime);
  const bool gone = is_gone(owner);
  if (is_running(owner) || (!gone && age < kSecondsOfADay)) return {};
  FileDescriptor file = opened(path);
  if (!file) return {};
  const LockResult lock = try_lock(file.get(), LockMode::exclusive);
  if (lock == LockResult::held) return {};
  const bool is_quiet = age >= (gone ? kSilence : kSecondsOfADay);
  return lock == LockResult::unsupported && !is_quiet ? FileDescriptor() : std::move(file);
}

bool remove_part(const std::filesystem::path& folder, const std::string& name) {
  const std::filesystem::path path = folder / name;
  std::error_code error;
  // Removes symbolic links themselves, never what they point to.
  return std::filesystem::remove_all(path, error) > 0 && !error;
}

}  // namespace

std::string temporary_name(int attempt, TemporaryKind kind) {
  const ProcessName process = this_process();
  return std::string(kPrefix) + process.host + "-" + std::to_string(process.id) + "." + std::to_string(process.start) +
         "-" + std::to_string(attempt) + std::string(suffix_of(kind));
}

bool is_temporary_name(const std::string& name) {
  return owner_of(name, TemporaryKind::part) || owner_of(name, TemporaryKind::claim) ||
         owner_of(name, TemporaryKind::replaced);
}

NewTemporary create_temporary(int folder, TemporaryKind kind) {
  for (int attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    std::string name = temporary_name(attempt, kind);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    FileDescriptor file(openat(folder, name.c_str(), kFlags, 0666));
    if (!file && errno == EEXIST) continue;  // of a killed process with the same id, as containers have them
    if (!file) return {};
    if (!mark_in_use(file.get())) continue;  // another process has just taken it for stale, and removes it
    return {.file = std::move(file), .name = std::move(name)};
  }
  errno = EEXIST;
  return {};
}

bool mark_in_use(int descriptor) {
  if (try_lock(descriptor, LockMode::exclusive) == LockResult::held) return false;
  struct stat status{};
  // A file that the system does not tell of is not gone: given up, it would be left behind.
  return fstat(descriptor, &status) != 0 || status.st_nlink > 0;
}

int take_stale_temporaries(const std::filesystem::path& folder, TemporaryKind kind, const TakeStale& take) {
  int taken = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::optional<ProcessName> owner = owner_of(name, kind);
    if (!owner) continue;
    // The lock is held meanwhile, so that a process that has just created the file sees that.
    const FileDescriptor file = locked_if_stale(entry->path(), *owner);
    if (file && take(folder, name)) ++taken;
  }
  return taken;
}

int remove_stale_temporaries(const std::filesystem::path& folder) {
  return take_stale_temporaries(folder, TemporaryKind::part, &remove_part) +
         take_stale_temporaries(folder, TemporaryKind::claim, &remove_claim);
}

}  // namespace sfumato

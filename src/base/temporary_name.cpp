#include "base/temporary_name.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include "base/file_descriptor.h"
#include "base/file_lock.h"
#include "base/process.h"

namespace sfumato {
namespace {

constexpr std::string_view kPrefix = ".sfumato-";
constexpr std::string_view kSuffix = ".part";
constexpr std::time_t kSecondsOfADay = 24 * 60 * 60;

template <typename Number = int>
std::optional<Number> whole_number(std::string_view digits) {
  Number value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value >= 0 ? std::optional(value)
                                                                                    : std::nullopt;
}

// The process in a temporary name; nullopt for other names. Version 0.1 wrote no host, and 0.5 no start.
std::optional<ProcessName> owner_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
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

bool remove_if_stale(const std::filesystem::path& path, const ProcessName& owner) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!file || fstat(file.get(), &status) != 0) return false;
  const bool old = std::time(nullptr) - status.st_mtime > kSecondsOfADay;
  if (!old && !is_gone(owner)) return false;
  // The lock is held while the file is removed, so that a process that has just created it sees that.
  const LockResult lock = try_lock(file.get(), LockMode::exclusive);
  if (lock == LockResult::held || (lock == LockResult::unsupported && !old)) return false;
  if (!S_ISDIR(status.st_mode)) return unlink(path.c_str()) == 0;
  std::error_code error;
  std::filesystem::remove_all(path, error);  // removes symbolic links themselves, never what they point to
  return !error;
}

}  // namespace

std::string temporary_name(int attempt) {
  const ProcessName process = this_process();
  return std::string(kPrefix) + process.host + "-" + std::to_string(process.id) + "." + std::to_string(process.start) +
         "-" + std::to_string(attempt) + std::string(kSuffix);
}

bool mark_in_use(int descriptor) {
  if (try_lock(descriptor, LockMode::exclusive) == LockResult::held) return false;
  struct stat status{};
  return fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

int remove_stale_temporaries(const std::filesystem::path& folder) {
  int removed = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::optional<ProcessName> owner = owner_of(entry->path().filename().string());
    if (owner && remove_if_stale(entry->path(), *owner)) ++removed;
  }
  return removed;
}

}  // namespace sfumato

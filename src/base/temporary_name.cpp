#include "base/temporary_name.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include "base/process.h"

namespace sfumato {
namespace {

constexpr std::string_view kPrefix = ".sfumato-";
constexpr std::string_view kSuffix = ".part";
constexpr std::time_t kSecondsOfADay = 24 * 60 * 60;

std::optional<int> whole_number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value >= 0 ? std::optional(value)
                                                                                    : std::nullopt;
}

// The process that such a name tells of; nothing if it is no such name.
std::optional<ProcessName> owner_of(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  const std::size_t attempt = name.rfind('-');
  if (attempt == std::string_view::npos || !whole_number(name.substr(attempt + 1))) return std::nullopt;
  name = name.substr(0, attempt);
  const std::size_t id = name.rfind('-');
  const std::optional<int> number = whole_number(id == std::string_view::npos ? name : name.substr(id + 1));
  if (!number) return std::nullopt;
  // Version 0.1 wrote no host: then the file has to grow old.
  return ProcessName{.host = std::string(id == std::string_view::npos ? "" : name.substr(0, id)), .id = *number};
}

bool is_stale(const std::filesystem::path& path, const ProcessName& owner) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return false;
  struct stat status{};
  const bool old = fstat(descriptor, &status) == 0 && std::time(nullptr) - status.st_mtime > kSecondsOfADay;
  const bool stale = (old || is_gone(owner)) && flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  close(descriptor);
  return stale;
}

}  // namespace

std::string temporary_name(int attempt) {
  const ProcessName process = this_process();
  return std::string(kPrefix) + process.host + "-" + std::to_string(process.id) + "-" + std::to_string(attempt) +
         std::string(kSuffix);
}

void mark_in_use(int descriptor) { static_cast<void>(flock(descriptor, LOCK_EX | LOCK_NB)); }

int remove_stale_temporaries(const std::filesystem::path& folder) {
  int removed = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::optional<ProcessName> owner = owner_of(entry->path().filename().string());
    if (owner && is_stale(entry->path(), *owner) && unlink(entry->path().c_str()) == 0) ++removed;
  }
  return removed;
}

}  // namespace sfumato

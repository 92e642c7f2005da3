#include "base/name_claim.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include "base/folder.h"
#include "base/temporary_name.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxName = 255;  // NAME_MAX of Linux
constexpr auto kBetweenLooks = std::chrono::milliseconds(20);
constexpr int kMaxLooks = 250;

enum class Holder { nobody, somebody, claim };  // claim: the name has an empty file, as claims have

Holder holder_of(int folder, const std::string& name) {
  struct stat status{};
  if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return Holder::nobody;
  return S_ISREG(status.st_mode) && status.st_size == 0 ? Holder::claim : Holder::somebody;
}

// The name that a record holds; empty if it is not one of a file of the same folder.
std::string name_in(int folder, const std::string& record) {
  const FileDescriptor file(openat(folder, record.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  char buffer[kMaxName + 1];
  const ssize_t count = file ? read(file.get(), buffer, sizeof buffer) : 0;
  std::string name(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  const bool is_name = is_inside_name(name) && name.find('/') == std::string::npos;
  return is_name && name.size() <= kMaxName ? name : "";
}

// The records of a folder that hold this name.
bool is_recorded(const std::filesystem::path& folder, const std::string& name) {
  const FileDescriptor opened(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string record = entry->path().filename().string();
    if (is_temporary_name(record) && name_in(opened.get(), record) == name) {
      return true;
    }
  }
  return false;
}

std::filesystem::path path_of(int folder) { return "/proc/self/fd/" + std::to_string(folder); }

void remove_if_empty(int folder, const std::string& name) {
  if (holder_of(folder, name) == Holder::claim) unlinkat(folder, name.c_str(), 0);
}

}  // namespace

NameClaim::NameClaim(int folder, const std::filesystem::path& name) : folder_(folder), name_(name.string()) {
  Holder holder = holder_of(folder_, name_);
  for (int look = 0; holder == Holder::claim && look < kMaxLooks; ++look) {
    take_stale_temporaries(path_of(folder_), TemporaryKind::claim, &remove_claim);
    holder = holder_of(folder_, name_);
    // Somebody's own empty file has no record.
    if (holder != Holder::claim || !is_recorded(path_of(folder_), name_)) break;
    std::this_thread::sleep_for(kBetweenLooks);
    holder = holder_of(folder_, name_);
  }
  if (holder != Holder::nobody) {
    error_ = EEXIST;
    return;
  }
  if (!record()) error_ = errno;
  const FileDescriptor claim(
      error_ != 0 ? -1 : openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (claim || error_ != 0) return;
  error_ = errno;
}

bool NameClaim::record() {
  NewTemporary created = create_temporary(folder_, TemporaryKind::claim);
  record_ = std::move(created.file);
  record_name_ = std::move(created.name);
  if (!record_) return false;
  errno = ENOSPC;  // for a write that is short
  return write(record_.get(), name_.data(), name_.size()) == static_cast<ssize_t>(name_.size());
}

NameClaim::~NameClaim() {
  const int before = errno;
  if (error_ == 0 && !is_fulfilled_) remove_if_empty(folder_, name_);
  if (record_) unlinkat(folder_, record_name_.c_str(), 0);
  errno = before;
}

bool remove_claim(const std::filesystem::path& path, const std::string& record) {
  static std::atomic<int> number{kMaxTemporaryNames};
  const FileDescriptor folder(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  // Renamed, the record is this process's: no other one takes it for stale.
  const std::string mine = temporary_name(number++, TemporaryKind::claim);
  if (!folder || renameat(folder.get(), record.c_str(), folder.get(), mine.c_str()) != 0) return false;
  const std::string name = name_in(folder.get(), mine);
  if (!name.empty()) remove_if_empty(folder.get(), name);
  return unlinkat(folder.get(), mine.c_str(), 0) == 0;
}

}  // namespace sfumato

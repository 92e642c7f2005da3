#include "output/journal_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <vector>

#include "base/file_lock.h"

namespace sfumato {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kMaxLine = std::size_t{4} << 20;
constexpr std::time_t kSilence = 120;  // seconds: four heartbeats

FileDescriptor opened(const std::filesystem::path& path, int flags) {
  return FileDescriptor(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

}  // namespace

bool JournalReader::is_alive() const {
  const FileDescriptor file = opened(path_, O_RDONLY);
  if (!file) return false;
  const LockResult lock = try_lock(file.get(), LockMode::shared);
  if (lock == LockResult::held) return true;
  // Locks need not reach from one machine to another, and some file systems have none.
  if (lock == LockResult::locked && writer_.host == this_process().host) return false;
  if (ended_in_order() || is_gone(writer_)) return false;
  if (is_running(writer_)) return true;
  struct stat status{};
  return fstat(file.get(), &status) == 0 && std::abs(std::time(nullptr) - status.st_mtime) < kSilence;
}

bool JournalReader::ended_in_order() const {
  struct stat status{};
  return lstat(path_.c_str(), &status) == 0 && (status.st_mode & S_IWUSR) == 0;
}

bool JournalReader::exists() const { return stamp_of(path_).has_value(); }

bool JournalReader::has_grown() const {
  const std::optional<FileStamp> stamp = stamp_of(path_);
  return stamp && stamp->bytes > offset_;
}

void JournalReader::read(const std::function<void(const JournalEntry&)>& take) {
  const FileDescriptor file = opened(path_, O_RDONLY);
  if (!file) return;
  const std::optional<FileStamp> stamp = stamp_of(file.get());
  if (!stamp || stamp->bytes <= offset_) return;
  std::vector<char> buffer(kChunk);
  for (;;) {
    const ssize_t count = pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset_));
    if (count <= 0) return;
    offset_ += static_cast<std::uint64_t>(count);
    rest_.append(buffer.data(), static_cast<std::size_t>(count));
    take_lines(take);
    if (rest_.size() > kMaxLine) {
      rest_.clear();
      ++unreadable_;
    }
  }
}

void JournalReader::take_lines(const std::function<void(const JournalEntry&)>& take) {
  std::size_t begin = 0;
  for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    const std::optional<JournalEntry> entry = from_line(std::string_view(rest_).substr(begin, end - begin));
    begin = end + 1;
    if (entry) {
      take(*entry);
    } else {
      ++unreadable_;
    }
  }
  rest_.erase(0, begin);
}

void JournalReader::append(const JournalEntry& entry) {
  const FileDescriptor file = opened(path_, O_WRONLY | O_APPEND);
  struct stat status{};
  if (!file || try_lock(file.get(), LockMode::exclusive) != LockResult::locked) return;
  if (!rest_.empty() || fstat(file.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != offset_)
    return;
  const std::string line = to_line(entry) + "\n";
  const ssize_t written = write(file.get(), line.data(), line.size());
  if (written > 0) offset_ += static_cast<std::uint64_t>(written);
  const timespec times[2] = {status.st_atim, status.st_mtim};
  futimens(file.get(), times);
}

bool JournalReader::cut_torn_line() {
  if (rest_.empty()) return false;
  const FileDescriptor file = opened(path_, O_WRONLY);
  if (!file || try_lock(file.get(), LockMode::exclusive) != LockResult::locked) return false;
  const std::optional<FileStamp> stamp = stamp_of(file.get());
  if (!stamp || stamp->bytes != offset_) return false;  // it was written meanwhile
  const std::uint64_t begin = offset_ - rest_.size();
  if (ftruncate(file.get(), static_cast<off_t>(begin)) != 0) return false;
  offset_ = begin;
  rest_.clear();
  return true;
}

}  // namespace sfumato

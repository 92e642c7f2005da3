#include "output/journal_reader.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <vector>

namespace sfumato {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kMaxLine = std::size_t{4} << 20;
constexpr std::time_t kSilence = 120;  // seconds without a word from another machine

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : number_(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return number_; }

 private:
  int number_;
};

}  // namespace

bool JournalReader::is_alive() const {
  const Descriptor file(path_, O_RDONLY);
  if (file < 0) return false;
  if (flock(file, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK;
  if (writer_.host == this_process().host || ended_in_order()) return false;
  struct stat status{};  // locks need not reach from one machine to another
  return fstat(file, &status) == 0 && std::time(nullptr) - status.st_mtime < kSilence;
}

bool JournalReader::ended_in_order() const {
  struct stat status{};
  return lstat(path_.c_str(), &status) == 0 && (status.st_mode & S_IWUSR) == 0;
}

void JournalReader::read(const std::function<void(const JournalEntry&)>& take) {
  const Descriptor file(path_, O_RDONLY);
  if (file < 0) return;
  const std::optional<FileStamp> stamp = stamp_of(file);
  if (!stamp || stamp->bytes <= offset_) return;
  std::vector<char> buffer(kChunk);
  for (;;) {
    const ssize_t count = pread(file, buffer.data(), buffer.size(), static_cast<off_t>(offset_));
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

bool JournalReader::cut_torn_line() {
  if (rest_.empty()) return false;
  const Descriptor file(path_, O_WRONLY);
  const bool mine = file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0;
  if (mine) static_cast<void>(!ftruncate(file, static_cast<off_t>(offset_ - rest_.size())));
  rest_.clear();
  return true;
}

}  // namespace sfumato

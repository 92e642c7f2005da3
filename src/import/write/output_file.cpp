#include "import/write/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

// The disk begins to work while the file is still being written, so that the sync at its end is short.
constexpr std::int64_t kStride = std::int64_t{32} << 20;

[[noreturn]] void fail(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw Error(full ? ErrorKind::io_error : kind, printable(path.string(), 400) + ": " + what + ": " +
                                                     std::strerror(error) + "." +
                                                     (full ? " Free some space and run the same command again." : ""));
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path)
    : path_(path), descriptor_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666)) {
  if (descriptor_ < 0) fail(ErrorKind::cannot_create, path_, "cannot be created", errno);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

void OutputFile::write(std::span<const std::byte> bytes) {
  digest_.add(bytes);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(ErrorKind::io_error, path_, "cannot be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    size_ += written;
  }
  if (size_ - given_to_disk_ < kStride) return;
  (void)sync_file_range(descriptor_, given_to_disk_, size_ - given_to_disk_, SYNC_FILE_RANGE_WRITE);  // only a hint
  given_to_disk_ = size_;
}

FileDescription OutputFile::finish() {
  if (fsync(descriptor_) != 0) fail(ErrorKind::io_error, path_, "cannot be written", errno);
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (close(descriptor) != 0) fail(ErrorKind::io_error, path_, "cannot be written", errno);
  return {.size = size_, .sha256 = digest_.digest()};
}

}  // namespace sfumato

#include "import/write/output_file.h"

#include <fcntl.h>

#include <cerrno>

#include "base/durable_file.h"

namespace sfumato {
namespace {

// The disk begins to work while the file is still being written, so that the sync at its end is short.
constexpr std::int64_t kFlushBytes = std::int64_t{32} << 20;

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path)
    : path_(path), file_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666)) {
  if (!file_) fail_to_write(ErrorKind::cannot_create, path_, "cannot be created", errno);
}

void OutputFile::write(std::span<const std::byte> bytes) {
  digest_.add(bytes);
  write_all(file_.get(), bytes, path_);
  size_ += static_cast<std::int64_t>(bytes.size());
  if (size_ - flushed_ < kFlushBytes) return;
  (void)sync_file_range(file_.get(), flushed_, size_ - flushed_, SYNC_FILE_RANGE_WRITE);  // only a hint
  flushed_ = size_;
}

FileDescription OutputFile::finish() {
  sync_file(file_.get(), path_);
  file_ = FileDescriptor();
  return {.size = size_, .sha256 = digest_.digest()};
}

}  // namespace sfumato

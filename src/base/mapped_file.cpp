#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/printable.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, ErrorKind kind, const std::string& reason) {
  throw Error(kind, printable(path.string(), 400) + ": " + reason + ".");
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, ErrorKind kind) {
  // Without O_NONBLOCK a named pipe would be waited for.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) fail(path, kind, errno == ELOOP ? "a symbolic link; a regular file is expected" : std::strerror(errno));
  struct stat status{};
  void* address = MAP_FAILED;
  std::string reason;
  if (fstat(file, &status) != 0) {
    reason = std::strerror(errno);
  } else if (!S_ISREG(status.st_mode)) {
    reason = "not a regular file";
  } else if (status.st_size > 0) {
    address = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    if (address == MAP_FAILED) reason = std::strerror(errno);
  }
  close(file);
  if (!reason.empty()) fail(path, kind, reason);
  if (address != MAP_FAILED)
    bytes_ = {static_cast<const std::byte*>(address), static_cast<std::size_t>(status.st_size)};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

void MappedFile::forget(std::span<const std::byte> part) const {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  // Whole pages inside the part. The mapping begins at a page.
  const auto begin = static_cast<std::size_t>(part.data() - bytes_.data());
  const std::size_t first = (begin + page - 1) / page * page;
  const std::size_t last = (begin + part.size()) / page * page;
  if (first < last) madvise(const_cast<std::byte*>(bytes_.data()) + first, last - first, MADV_DONTNEED);
}

}  // namespace sfumato

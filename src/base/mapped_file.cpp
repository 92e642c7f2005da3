#include "base/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/open_file.h"
#include "base/shown_path.h"

namespace sfumato {
MappedFile::MappedFile(const std::filesystem::path& path, ErrorKind kind) {
  const FileDescriptor file = open_file(path, kind, Links::refuse);
  struct stat status{};
  const bool known = fstat(file.get(), &status) == 0;
  if (known && status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = known ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0) : MAP_FAILED;
  if (address == MAP_FAILED) throw Error(kind, shown_path(path) + ": " + std::strerror(errno) + ".");
  bytes_ = {static_cast<const std::byte*>(address), size};
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

#include "output/file_stamp.h"

#include <sys/stat.h>

namespace sfumato {
namespace {

std::optional<FileStamp> stamp_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{.bytes = static_cast<std::uint64_t>(status.st_size),
                   .changed = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0 ? stamp_of(status) : std::nullopt;
}

std::optional<FileStamp> stamp_of(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) == 0 ? stamp_of(status) : std::nullopt;
}

}  // namespace sfumato

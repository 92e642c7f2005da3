#include "base/file_stamp.h"

#include <sys/stat.h>

namespace sfumato {
namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

std::optional<FileStamp> stamp_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{.bytes = static_cast<std::uint64_t>(status.st_size), .changed = nanoseconds(status.st_mtim)};
}

std::optional<FileIdentity> identity_of(const struct stat& status) {
  const std::optional<FileStamp> stamp = stamp_of(status);
  if (!stamp) return std::nullopt;
  return FileIdentity{
      .device = status.st_dev, .inode = status.st_ino, .stamp = *stamp, .status_changed = nanoseconds(status.st_ctim)};
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

std::optional<FileIdentity> identity_of_file(const std::filesystem::path& path) {
  struct stat status{};
  return stat(path.c_str(), &status) == 0 ? identity_of(status) : std::nullopt;
}

std::optional<FileIdentity> identity_of_file(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) == 0 ? identity_of(status) : std::nullopt;
}

}  // namespace sfumato

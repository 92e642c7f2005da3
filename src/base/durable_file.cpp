#include "base/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/fault.h"
#include "base/file_descriptor.h"
#include "base/name_giver.h"
#include "base/printable.h"

namespace sfumato {

void fail_to_write(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const std::string advice = full ? " Free some space and run the same command again." : "";
  throw Error(full ? ErrorKind::io_error : kind,
              printable(path.string(), 400) + ": " + what + ": " + std::strerror(error) + "." + advice);
}

void write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = fault("tmp_write") ? -1 : write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write(ErrorKind::io_error, path, "cannot be written", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void sync_file(int descriptor, const std::filesystem::path& path) {
  if (fault("tmp_fsync") || fsync(descriptor) != 0) {
    fail_to_write(ErrorKind::io_error, path, "cannot be written", errno);
  }
}

void sync_folder(const std::filesystem::path& path) {
  const FileDescriptor folder(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (folder) sync_folder(folder.get(), path);
}

void sync_folder(int folder, const std::filesystem::path& path) {
  const FileDescriptor opened(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return;  // a folder may be writable without being readable
  if ((fault("dir_fsync") || fsync(opened.get()) != 0) && errno != EINVAL) {
    fail_to_write(ErrorKind::io_error, path, "cannot be written", errno);
  }
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

bool rename_file(int folder, const std::filesystem::path& from, const std::filesystem::path& to, bool overwrite,
                 const std::filesystem::path& path) {
  if (fault("rename")) fail_to_write(ErrorKind::io_error, path, "cannot be created", errno);
  if (overwrite) {
    if (renameat(folder, from.c_str(), folder, to.c_str()) == 0) return true;
  } else {
    if (name_giver().give(folder, from, folder, to)) return true;
    if (errno == EEXIST) return false;
  }
  fail_to_write(ErrorKind::io_error, path, "cannot be created", errno);
}

}  // namespace sfumato

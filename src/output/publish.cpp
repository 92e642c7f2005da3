#include "output/publish.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/fault.h"
#include "base/printable.h"
#include "base/temporary_name.h"
#include "output/writable.h"

namespace sfumato {
namespace {

constexpr int kMaxAttempts = 1000;  // names for a temporary file

std::string shown(const std::filesystem::path& path) { return printable(path.string(), 400); }

// A temporary file that is gone when this object is, unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& target) {
    // A process that was killed leaves its file, and in a container the next one has the same id: then the next name is
    // taken.
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      path_ = folder_of(target) / temporary_name(attempt);
      if (!fault("tmp_open")) {
        descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
      }
      if (descriptor_ >= 0 || errno != EEXIST) break;
    }
    if (descriptor_ < 0) fail_to_write(ErrorKind::cannot_create, target, "cannot be created", errno);
    mark_in_use(descriptor_);
  }
  ~TemporaryFile() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!renamed_) unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  FileStamp write_all(std::span<const std::uint8_t> bytes, const std::filesystem::path& target) {
    while (!bytes.empty()) {
      const ssize_t written = fault("tmp_write") ? -1 : write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_to_write(ErrorKind::io_error, target, "cannot be written", errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (fault("tmp_fsync") || fsync(descriptor_) != 0) {
      fail_to_write(ErrorKind::io_error, target, "cannot be written", errno);
    }
    const FileStamp stamp = stamp_of(descriptor_).value_or(FileStamp{});
    const int descriptor = descriptor_;
    descriptor_ = -1;
    if (close(descriptor) != 0) fail_to_write(ErrorKind::io_error, target, "cannot be written", errno);
    return stamp;
  }

  void rename_to(const std::filesystem::path& target, bool overwrite) {
    if (fault("rename")) fail_to_write(ErrorKind::io_error, target, "cannot be created", errno);
    if (overwrite) {
      if (rename(path_.c_str(), target.c_str()) != 0) {
        fail_to_write(ErrorKind::io_error, target, "cannot be created", errno);
      }
    } else if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0) {
      // File systems that do not know RENAME_NOREPLACE (NFS, some FUSE) know links, which never replace either.
      if (errno == EINVAL && link(path_.c_str(), target.c_str()) == 0) return;
      if (errno == EEXIST) refuse_existing(target);
      fail_to_write(ErrorKind::io_error, target, "cannot be created", errno);
    }
    renamed_ = true;
  }

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

}  // namespace

[[noreturn]] void fail_to_write(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const std::string advice = full ? " Free some space and run the same command again." : "";
  throw Error(full ? ErrorKind::io_error : kind,
              shown(path) + ": " + what + ": " + std::strerror(error) + "." + advice);
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder may be writable without being readable
  const int result = fault("dir_fsync") ? -1 : fsync(descriptor);
  const int error = errno;
  close(descriptor);
  if (result != 0 && error != EINVAL) fail_to_write(ErrorKind::io_error, folder, "cannot be written", error);
}

FileStamp publish(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, bool overwrite) {
  TemporaryFile file(target);
  const FileStamp stamp = file.write_all(bytes, target);
  file.rename_to(target, overwrite);
  sync_folder(folder_of(target));
  return stamp;
}

void check_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    fail_to_write(ErrorKind::cannot_create, folder, "is not a folder and cannot be made one",
                  error ? error.value() : ENOTDIR);
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    fail_to_write(ErrorKind::cannot_create, folder, "cannot be written to", errno);
  }
}

void check_publishable(const std::filesystem::path& target, bool overwrite) {
  check_folder(folder_of(target));
  check_name_is_free(target, overwrite);
}

}  // namespace sfumato

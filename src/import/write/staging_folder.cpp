#include "import/write/staging_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/printable.h"
#include "bundle/model_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kMaxAttempts = 1000;  // names for a temporary folder

[[noreturn]] void fail(ErrorKind kind, const std::filesystem::path& path, const std::string& what, int error) {
  throw Error(kind, printable(path.string(), 400) + ": " + what + ": " + std::strerror(error) + ".");
}

std::filesystem::path folder_of(const std::filesystem::path& target) {
  return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
}

void check_free(const std::filesystem::path& target, bool overwrite) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(target, error))) return;
  const std::string where = printable(target.string(), 400);
  if (!overwrite) {
    throw Error(ErrorKind::cannot_create, where + ": is there already. Give another --output, or add --overwrite.");
  }
  const bool folder = std::filesystem::is_directory(std::filesystem::symlink_status(target, error));
  const bool bundle =
      folder && (std::filesystem::exists(target / kModelJson, error) || std::filesystem::is_empty(target, error));
  if (!bundle) {
    throw Error(ErrorKind::cannot_create, where + ": is no bundle, so it is not replaced. Give another --output.");
  }
}

void sync_folder(const std::filesystem::path& path) {
  const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder may be writable without being readable
  const int result = fsync(folder);
  const int error = errno;
  close(folder);
  if (result != 0 && error != EINVAL) fail(ErrorKind::io_error, path, "cannot be written", error);
}

}  // namespace

StagingFolder::StagingFolder(const std::filesystem::path& target, bool overwrite)
    : target_(target), overwrite_(overwrite) {
  check_free(target_, overwrite_);
  const std::filesystem::path parent = folder_of(target_);
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    path_ = parent / (".sfumato-" + std::to_string(getpid()) + "-" + std::to_string(attempt) + ".part");
    if (mkdir(path_.c_str(), 0777) == 0) return;
    if (errno != EEXIST) break;
  }
  fail(ErrorKind::cannot_create, target_, "cannot be created", errno);
}

StagingFolder::~StagingFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

void StagingFolder::publish() {
  sync_folder(path_);
  // With --overwrite the two folders change names, so that there is always a whole one; the old one is then what the
  // destructor takes away.
  if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST && !overwrite_) check_free(target_, overwrite_);
    const bool exchanged =
        errno == EEXIST && renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0;
    // File systems that know neither (NFS, some FUSE) replace an empty folder at most.
    if (!exchanged && errno == EINVAL && overwrite_) {
      std::error_code ignored;
      std::filesystem::remove_all(target_, ignored);
      errno = 0;
    }
    if (!exchanged && rename(path_.c_str(), target_.c_str()) != 0) {
      fail(ErrorKind::io_error, target_, "cannot be created", errno);
    }
  }
  sync_folder(folder_of(target_));
}

}  // namespace sfumato

#include "import/write/staging_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "base/durable_file.h"
#include "base/printable.h"
#include "base/temporary_name.h"
#include "import/write/replace_bundle.h"

namespace sfumato {
namespace {

void check_free(const std::filesystem::path& target, bool overwrite) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(target, error))) return;
  const std::string where = printable(target.string(), 400);
  if (!overwrite) {
    throw Error(ErrorKind::cannot_create, where + ": is there already. Give another `output`, or add `overwrite`.");
  }
  check_replaceable(target);
}

}  // namespace

StagingFolder::StagingFolder(const std::filesystem::path& target, bool overwrite)
    : target_(target), overwrite_(overwrite) {
  check_free(target_, overwrite_);
  const std::filesystem::path parent = folder_of(target_);
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  remove_stale_temporaries(parent);
  for (int attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    path_ = parent / temporary_name(attempt);
    if (mkdir(path_.c_str(), 0777) == 0) {
      lock_ = FileDescriptor(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
      if (lock_ && mark_in_use(lock_.get())) return;
      if (!lock_ && errno != ENOENT) break;
    } else if (errno != EEXIST) {
      break;
    }
  }
  fail_to_write(ErrorKind::cannot_create, target_, "cannot be created", errno);
}

StagingFolder::~StagingFolder() {
  std::error_code error;
  if (!has_old_) {
    std::filesystem::remove_all(path_, error);
  } else if (!remove_bundle(path_)) {
    // Somebody has put a file into the old bundle since it was checked.
    for (int n = 1; n < kMaxTemporaryNames; ++n) {
      const std::filesystem::path name = target_.string() + ".old-" + std::to_string(n);
      if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0 || errno != EEXIST) break;
    }
  }
}

void StagingFolder::publish() {
  sync_folder(path_);
  check_free(target_, overwrite_);  // again: an import takes minutes
  // With overwrite_ the two folders exchange names, so that a whole one always exists; the destructor removes the old.
  if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
    const bool exchanged =
        errno == EEXIST && renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0;
    has_old_ = exchanged;
    // File systems without these flags (NFS, some FUSE) replace an empty folder at most.
    if (!exchanged && errno == EINVAL && overwrite_) {
      static_cast<void>(remove_bundle(target_));
      errno = 0;
    }
    if (!exchanged && rename(path_.c_str(), target_.c_str()) != 0) {
      fail_to_write(ErrorKind::io_error, target_, "cannot be created", errno);
    }
  }
  sync_folder(folder_of(target_));
}

}  // namespace sfumato

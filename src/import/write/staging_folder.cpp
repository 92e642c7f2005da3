#include "import/write/staging_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <vector>

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

// A new folder of that kind in `parent`, in use. No descriptor: errno says why.
FileDescriptor create_folder(const std::filesystem::path& parent, TemporaryKind kind, std::filesystem::path& path) {
  for (int attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    path = parent / temporary_name(attempt, kind);
    if (mkdir(path.c_str(), 0777) == 0) {
      FileDescriptor lock(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
      if (lock && mark_in_use(lock.get())) return lock;
      if (!lock && errno != ENOENT) return {};
    } else if (errno != EEXIST) {
      return {};
    }
  }
  return {};
}

// Removes a bundle that was replaced. What somebody has put into it since it was checked stays, beside `target`.
void remove_replaced(const std::filesystem::path& old, const std::filesystem::path& target) {
  if (remove_bundle(old)) return;
  for (int n = 1; n < kMaxTemporaryNames; ++n) {
    const std::filesystem::path name = target.string() + ".old-" + std::to_string(n);
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(name, error))) continue;
    if (rename(old.c_str(), name.c_str()) == 0 || (errno != EEXIST && errno != ENOTEMPTY)) return;
  }
}

// What a killed process moved out of the way goes back, unless its successor is in place.
bool restore(const std::filesystem::path& parent, const std::string& name) {
  const std::filesystem::path holder = parent / name;
  std::error_code error;
  std::vector<std::filesystem::path> folders;
  for (std::filesystem::directory_iterator entry(holder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->symlink_status(error).type() == std::filesystem::file_type::directory) folders.push_back(entry->path());
  }
  for (const std::filesystem::path& folder : folders) {
    const std::filesystem::path target = parent / folder.filename();
    if (std::filesystem::exists(std::filesystem::symlink_status(target, error))) {
      remove_replaced(folder, target);
    } else {
      static_cast<void>(rename(folder.c_str(), target.c_str()));
    }
  }
  return rmdir(holder.c_str()) == 0;
}

}  // namespace

StagingFolder::StagingFolder(const std::filesystem::path& target, bool overwrite, const NamingCalls& calls)
    : target_(target), overwrite_(overwrite), calls_(calls) {
  const std::filesystem::path parent = folder_of(target_);
  take_stale_temporaries(parent, TemporaryKind::replaced, &restore);
  check_free(target_, overwrite_);
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  remove_stale_temporaries(parent);
  lock_ = create_folder(parent, TemporaryKind::part, path_);
  if (!lock_) fail_to_write(ErrorKind::cannot_create, target_, "cannot be created", errno);
}

StagingFolder::~StagingFolder() {
  std::error_code error;
  if (has_old_) {
    remove_replaced(path_, target_);
  } else {
    std::filesystem::remove_all(path_, error);
  }
  if (!holder_.empty()) rmdir(holder_.c_str());
}

void StagingFolder::publish() {
  sync_folder(path_);
  check_free(target_, overwrite_);  // again: an import takes minutes
  // With overwrite_ the two folders exchange names, so that a whole one always exists; the destructor removes the old.
  if (calls_.rename_no_replace(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str()) != 0) {
    const int reason = errno;
    if (reason != EEXIST && !is_missing_call(reason)) {
      fail_to_write(ErrorKind::io_error, target_, "cannot be created", reason);
    }
    std::error_code error;
    const bool is_taken = std::filesystem::exists(std::filesystem::symlink_status(target_, error));
    has_old_ = overwrite_ && is_taken && calls_.exchange(path_.c_str(), target_.c_str()) == 0;
    if (!has_old_ && overwrite_ && is_taken) {
      if (!is_missing_call(errno)) fail_to_write(ErrorKind::io_error, target_, "cannot be created", errno);
      replace_in_two_steps();
    } else if (!has_old_ && rename(path_.c_str(), target_.c_str()) != 0) {  // replaces an empty folder at most
      fail_to_write(ErrorKind::io_error, target_, "cannot be created", errno);
    }
  }
  sync_folder(folder_of(target_));
}

void StagingFolder::replace_in_two_steps() {
  holder_lock_ = create_folder(folder_of(target_), TemporaryKind::replaced, holder_);
  if (!holder_lock_) fail_to_write(ErrorKind::io_error, target_, "cannot be replaced", errno);
  const std::filesystem::path old = holder_ / target_.filename();
  if (rename(target_.c_str(), old.c_str()) != 0) {
    fail_to_write(ErrorKind::io_error, target_, "cannot be replaced", errno);
  }
  if (rename(path_.c_str(), target_.c_str()) != 0) {
    const int reason = errno;
    static_cast<void>(rename(old.c_str(), target_.c_str()));
    fail_to_write(ErrorKind::io_error, target_, "cannot be replaced", reason);
  }
  path_ = old;
  has_old_ = true;
}

}  // namespace sfumato

#include "base/temporary_file.h"

#include <fcntl.h>

#include <cerrno>

#include "base/durable_file.h"
#include "base/fault.h"
#include "base/temporary_name.h"

namespace sfumato {

TemporaryFile::TemporaryFile(const std::filesystem::path& folder, std::filesystem::path target, const char* open_fault)
    : target_(std::move(target)) {
  for (int attempt = 0; attempt < kMaxTemporaryNames; ++attempt) {
    const std::filesystem::path path = folder / temporary_name(attempt);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    FileDescriptor file(fault(open_fault) ? -1 : open(path.c_str(), kFlags, 0666));
    if (!file && errno == EEXIST) continue;  // of a killed process with the same id, as containers have them
    if (!file) break;
    if (!mark_in_use(file.get())) continue;  // another process has just taken it for stale, and removes it
    path_ = path;
    file_ = std::move(file);
    return;
  }
  fail_to_write(ErrorKind::cannot_create, target_, "cannot be created", errno);
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

void TemporaryFile::write(std::span<const std::byte> bytes) { write_all(file_.get(), bytes, target_); }

void TemporaryFile::sync() { sync_file(file_.get(), target_); }

bool TemporaryFile::rename_to(const std::filesystem::path& path, bool overwrite) {
  if (!rename_file(path_, path, overwrite)) return false;
  path_.clear();
  return true;
}

}  // namespace sfumato

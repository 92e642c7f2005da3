#include "base/temporary_file.h"

#include <fcntl.h>

#include <cerrno>

#include "base/durable_file.h"
#include "base/fault.h"
#include "base/temporary_name.h"

namespace sfumato {

TemporaryFile::TemporaryFile(const std::filesystem::path& folder, std::filesystem::path target, const char* open_fault)
    : TemporaryFile(FileDescriptor(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), std::move(target),
                    open_fault) {}

TemporaryFile::TemporaryFile(FileDescriptor folder, std::filesystem::path target, const char* open_fault)
    : folder_(std::move(folder)), target_(std::move(target)) {
  if (folder_ && !fault(open_fault)) {
    NewTemporary created = create_temporary(folder_.get());
    name_ = std::move(created.name);
    file_ = std::move(created.file);
    if (file_) removed_ = RemovedWhenLeaving(folder_.get(), name_);
  }
  if (!file_) fail_to_write(ErrorKind::cannot_create, target_, "cannot be created", errno);
}

TemporaryFile::~TemporaryFile() {
  if (!name_.empty()) unlinkat(folder_.get(), name_.c_str(), 0);
}

void TemporaryFile::write(std::span<const std::byte> bytes) { write_all(file_.get(), bytes, target_); }

void TemporaryFile::sync() { sync_file(file_.get(), target_); }

bool TemporaryFile::rename_to(const std::filesystem::path& name, bool overwrite) {
  if (!rename_file(folder_.get(), name_, name, overwrite, target_)) return false;
  name_.clear();
  removed_.keep();
  return true;
}

}  // namespace sfumato

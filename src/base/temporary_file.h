// A file under a temporary name until it is complete.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "base/signals.h"

namespace sfumato {

// Only appended to, locked from before it can be found until it is closed, and removed unless it was renamed.
class TemporaryFile {
 public:
  // Creates an empty file in `folder`, which is kept open: what somebody renames or links meanwhile leads nowhere else.
  // Errors name `target`, the file that this one becomes. open_fault: the point of base/fault.h. Throws
  // Error(cannot_create).
  TemporaryFile(FileDescriptor folder, std::filesystem::path target, const char* open_fault = "tmp_open");
  TemporaryFile(const std::filesystem::path& folder, std::filesystem::path target, const char* open_fault = "tmp_open");
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] int descriptor() const { return file_.get(); }
  [[nodiscard]] int folder() const { return folder_.get(); }

  // Throw Error(io_error).
  void write(std::span<const std::byte> bytes);
  void sync();

  // Gives the file its name in the same folder in one step. Returns false if the name is taken and `overwrite` is
  // false. Does not sync. Throws Error(io_error).
  [[nodiscard]] bool rename_to(const std::filesystem::path& name, bool overwrite);
  // Hands over the file, still open and locked.
  [[nodiscard]] FileDescriptor release() { return std::move(file_); }

 private:
  FileDescriptor folder_;
  std::filesystem::path target_;
  std::string name_{};  // empty once it is renamed
  FileDescriptor file_;
  RemovedWhenLeaving removed_{};
};

}  // namespace sfumato

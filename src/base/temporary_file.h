// A file under a temporary name until it is complete.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/file_descriptor.h"

namespace sfumato {

// Only appended to, locked from before it can be found until it is closed, and removed unless it was renamed.
class TemporaryFile {
 public:
  // Creates an empty file in `folder`. Errors name `target`, the file that this one becomes. open_fault: the point of
  // base/fault.h. Throws Error(cannot_create).
  TemporaryFile(const std::filesystem::path& folder, std::filesystem::path target, const char* open_fault = "tmp_open");
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] int descriptor() const { return file_.get(); }

  // Throw Error(io_error).
  void write(std::span<const std::byte> bytes);
  void sync();

  // Gives the file its name in one step. Returns false if the name is taken and `overwrite` is false. Does not sync.
  [[nodiscard]] bool rename_to(const std::filesystem::path& path, bool overwrite);
  // Hands over the file, still open and locked.
  [[nodiscard]] FileDescriptor release() { return std::move(file_); }

 private:
  std::filesystem::path target_;
  std::filesystem::path path_;  // empty once it is renamed
  FileDescriptor file_;
};

}  // namespace sfumato

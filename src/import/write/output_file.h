// A new file that is written once, from front to back, with its digest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/file_descriptor.h"
#include "base/sha256.h"
#include "bundle/model_json.h"

namespace sfumato {

class OutputFile {
 public:
  // Throws Error(cannot_create) if the file exists or cannot be created.
  explicit OutputFile(const std::filesystem::path& path);

  // Throws Error(io_error) with the system's reason; advice for a full disk.
  void write(std::span<const std::byte> bytes);
  // Syncs and closes the file. Throws as write() does.
  [[nodiscard]] FileDescription finish();

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  std::int64_t size_ = 0;
  std::int64_t flushed_ = 0;  // bytes that the disk has been asked to write
  Sha256 digest_;
};

}  // namespace sfumato

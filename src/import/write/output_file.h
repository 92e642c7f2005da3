// A new file that is written once, from front to back, with its digest.
#pragma once

#include <filesystem>
#include <span>

#include "base/sha256.h"
#include "bundle/model_json.h"

namespace sfumato {

class OutputFile {
 public:
  // Throws Error(cannot_create) if the file is there already or cannot be created.
  explicit OutputFile(const std::filesystem::path& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Throws Error(io_error) with the system's reason; a full disk is named with what to do.
  void write(std::span<const std::byte> bytes);
  // Syncs and closes the file. Throws as write() does.
  [[nodiscard]] FileDescription finish();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
  std::int64_t given_to_disk_ = 0;
  Sha256 digest_;
};

}  // namespace sfumato

// A safetensors file that is being imported.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/safetensors.h"

namespace sfumato {

struct WeightFile {
  std::filesystem::path path;
  std::string where;  // how messages name it
  MappedFile mapped;
  std::vector<StoredTensor> tensors;  // in the order of their data
  SafetensorsMetadata metadata;
};

// Maps the file; a symbolic link is followed, as caches of downloads are made of them. Throws Error(input_missing) if
// it cannot be read, and Error(bad_data) if it is no whole safetensors file; a file of another known format is named
// for what it is, with what to do (import/recognise/foreign_file.h).
[[nodiscard]] WeightFile open_weights(const std::filesystem::path& path);

}  // namespace sfumato

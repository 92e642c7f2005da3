// A file of weights that is imported: safetensors or GGUF.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/safetensors.h"

namespace sfumato {

struct WeightFile {
  std::filesystem::path path;
  std::string where;  // its path in messages
  MappedFile mapped;
  std::vector<StoredTensor> tensors;  // in the order of their data; names without "state_dict." and "module."
  SafetensorsMetadata metadata;
};

// Maps the file. Follows symbolic links, as download caches consist of them. Throws Error(input_missing) if it cannot
// be read, and Error(bad_data) if it is not a whole safetensors or GGUF file; the error names another known format and
// says what to do (import/recognise/foreign_file.h).
[[nodiscard]] WeightFile open_weights(const std::filesystem::path& path);

// The tensor of this name; nullptr if there is none.
[[nodiscard]] const StoredTensor* find_tensor(const WeightFile& file, std::string_view name);

}  // namespace sfumato

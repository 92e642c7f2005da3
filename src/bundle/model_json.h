// model.json, the description of a bundle (models/README.md): read strictly, and written.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/model_config.h"

namespace sfumato {

inline constexpr std::string_view kModelJson = "model.json";

struct FileDescription {
  std::int64_t size = 0;  // bytes
  std::string sha256;     // 64 lower-case hexadecimal digits
};

struct ModelDescription {
  ModelConfig config;
  std::map<std::string, FileDescription> files;  // every other file of the bundle
};

// Throws Error(bad_bundle) beginning with `where` unless everything is as models/README.md says: keys, types, ranges,
// and every file that the model needs among `files`.
[[nodiscard]] ModelDescription read_model_json(std::string_view text, const std::string& where);

// What read_model_json reads: one key a line.
[[nodiscard]] std::string write_model_json(const ModelDescription& description);

// All files that the model needs.
[[nodiscard]] std::vector<std::string> file_names(const ModelConfig& config);

}  // namespace sfumato

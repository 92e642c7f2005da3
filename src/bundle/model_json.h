// model.json, the description of a bundle (docs/bundle-format.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/model_config.h"

namespace sfumato {

inline constexpr std::string_view kModelJson = "model.json";
inline constexpr std::size_t kMaxModelJson = std::size_t{1} << 20;  // bytes, as JsonLimits

struct FileDescription {
  std::int64_t size = 0;  // bytes
  std::string sha256;     // 64 lower-case hexadecimal digits
};

struct ModelDescription {
  ModelConfig config;
  std::map<std::string, FileDescription> files;  // every other file of the bundle
};

// Strict. Throws Error(bad_bundle) beginning with `where` unless keys, types and ranges are those of
// docs/bundle-format.md, and `files` lists every file that the model needs.
[[nodiscard]] ModelDescription read_model_json(std::string_view text, const std::string& where);

// The inverse of read_model_json, with one key a line.
[[nodiscard]] std::string write_model_json(const ModelDescription& description);

// All files that the model needs.
[[nodiscard]] std::vector<std::string> file_names(const ModelConfig& config);

// The graphs and the tokenizer that this program does not know (bundle/known_files.h): using them takes `trust`.
[[nodiscard]] std::vector<std::string> unknown_files(const ModelDescription& model);

}  // namespace sfumato

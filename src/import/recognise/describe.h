// A description of a model on disk, for people and programs.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "bundle/model_config.h"
#include "import/recognise/checkpoint.h"

namespace sfumato {

[[nodiscard]] bool is_bundle(const std::filesystem::path& path);

// Checks the digests of all files. Throws Error as Bundle does.
[[nodiscard]] JsonObject describe_bundle(const std::filesystem::path& path);

// path: what the checkpoint was opened from. config: what import would write into model.json; nullptr: it would not.
// with_digests: include the SHA-256 of its files.
[[nodiscard]] JsonObject describe_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                                             const ModelConfig* config, bool with_digests);

}  // namespace sfumato

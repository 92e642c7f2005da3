// A description of a model on disk, for people and programs.
#pragma once

#include <filesystem>

#include "base/json.h"

namespace sfumato {

// path: a bundle, a checkpoint in one file, or a diffusers folder. with_digests: include the SHA-256 of a checkpoint's
// files; a bundle's are always checked. Throws Error as Bundle and open_checkpoint() do.
[[nodiscard]] JsonObject describe(const std::filesystem::path& path, bool with_digests);

}  // namespace sfumato

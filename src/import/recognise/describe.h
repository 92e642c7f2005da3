// What a model on disk is, in words and numbers.
#pragma once

#include <filesystem>

#include "base/json.h"

namespace sfumato {

// path: a bundle, a checkpoint in one file, or a diffusers folder. with_digests: compute the SHA-256 of a checkpoint's
// files; a bundle's are checked in any case. Throws Error as Bundle and open_checkpoint() do.
[[nodiscard]] JsonObject describe(const std::filesystem::path& path, bool with_digests);

}  // namespace sfumato

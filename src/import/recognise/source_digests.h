// The digests of the files that a checkpoint consists of.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/digest_cache.h"
#include "import/recognise/checkpoint.h"

namespace sfumato {

// SHA-256 of each file of the checkpoint, in its order: from the cache, or computed and kept there. on_progress is
// called with bytes while they are computed, never if all are known. Throws Error(input_missing) if a file cannot be
// read, and for a signal (base/signals.h).
[[nodiscard]] std::vector<std::string> source_digests(
    const Checkpoint& checkpoint, const DigestCache& cache,
    const std::function<void(std::uint64_t done, std::uint64_t all)>& on_progress);

// 64 hexadecimal digits that stand for the whole checkpoint: of one file its SHA-256, which A1111 and Civitai know it
// by (their AutoV2 is its first 10 digits); of a diffusers folder the SHA-256 of what `sha256sum` prints of its weights
// in the order of their paths in it. Files of other parts do not count. digests: as source_digests() gives them.
[[nodiscard]] std::string source_digest(const Checkpoint& checkpoint, const std::vector<std::string>& digests);

}  // namespace sfumato

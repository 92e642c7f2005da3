// Whether a picture fits into memory.
#pragma once

#include <cstdint>

#include "sfumato/options.h"

namespace sfumato {

// needed, available: bytes. Throws Error(usage) if `needed` is more.
void check_memory(const GenerateOptions& options, double needed, std::uint64_t available);

}  // namespace sfumato

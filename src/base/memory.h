// How much memory there is to be had.
#pragma once

#include <cstdint>

namespace sfumato {

// Bytes that this process can take without swapping: MemAvailable, or what the control group leaves, whichever is less.
// If neither can be read, the largest number: an unknown limit refuses nothing.
[[nodiscard]] std::uint64_t available_memory();

}  // namespace sfumato

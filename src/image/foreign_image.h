// Formats that this program does not read.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace sfumato {

// Names a file that is neither PNG nor JPEG, by its first bytes, and says what to do: "a WebP picture, which is not
// read. Convert it to PNG or JPEG."
[[nodiscard]] std::string describe_unsupported_format(std::span<const std::uint8_t> file);

}  // namespace sfumato

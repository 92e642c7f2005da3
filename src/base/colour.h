// Colours as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

// 0xRRGGBB of "#ff8800", "ff8800", "#f80", "f80" or "orange", in capitals or not: CSS's sixteen basic names and a few
// more. Nothing if it is none of them.
[[nodiscard]] std::optional<std::uint32_t> parse_colour(std::string_view text);

// "#ff8800"
[[nodiscard]] std::string colour_text(std::uint32_t colour);

}  // namespace sfumato

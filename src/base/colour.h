// Parsing and printing of colours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

// 0xRRGGBB of "#ff8800", "ff8800", "#f80", "f80" or "orange", in upper or lower case: CSS's sixteen basic names and a
// few more. nullopt for any other text.
[[nodiscard]] std::optional<std::uint32_t> parse_colour(std::string_view text);

// "#ff8800"
[[nodiscard]] std::string colour_text(std::uint32_t colour);

}  // namespace sfumato

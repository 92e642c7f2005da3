// The built-in fonts, DejaVu Sans, as TrueType files in memory.
#pragma once

#include <span>

namespace sfumato {

[[nodiscard]] std::span<const unsigned char> regular_font();
[[nodiscard]] std::span<const unsigned char> bold_font();

}  // namespace sfumato

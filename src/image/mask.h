// Masks: one number for each pixel, from 0 (keep) to 1 (repaint).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "image/canvas.h"
#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// White is 1 and black 0; colours become luma (ITU-R BT.601, rounded like PIL's convert("L")). Transparency is laid on
// black.
[[nodiscard]] std::vector<float> mask_of(const DecodedImage& image);

void invert(std::span<float> mask);

// Gaussian blur with this standard deviation in pixels, truncated at three deviations; edge pixels are repeated. 0
// leaves the mask unchanged.
[[nodiscard]] std::vector<float> blurred(std::vector<float> mask, ImageSize size, double deviation);

// The bounding box of all pixels that are not 0; nullopt if there are none.
[[nodiscard]] std::optional<Rectangle> painted_area(std::span<const float> mask, ImageSize size);

// `area` with `padding` pixels around it, then widened to the proportions of `shape`, inside the image.
[[nodiscard]] Rectangle widened(const Rectangle& area, int padding, ImageSize shape, ImageSize image);

// Mixes `above` into `below` at (x, y) by the mask, which has the size of `below`. Pixels where the mask is 0 stay
// exactly as they are.
void mix(Image& below, const Image& above, std::span<const float> mask, int x, int y);

}  // namespace sfumato

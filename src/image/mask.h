// Masks: for each pixel a number from 0, keep it, to 1, paint it anew.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "image/canvas.h"
#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// White is 1 and black 0; colours count by their luma (ITU-R BT.601, rounded as PIL's convert("L") does it). What is
// transparent lies on black.
[[nodiscard]] std::vector<float> mask_of(const DecodedImage& picture);

void invert(std::span<float> mask);

// Softened by a Gaussian of this standard deviation in pixels, cut off at three of them; beyond the edges goes on what
// is at the edge. 0 changes nothing.
[[nodiscard]] std::vector<float> blurred(std::vector<float> mask, ImageSize size, double deviation);

// The smallest rectangle around all that is not 0.
[[nodiscard]] std::optional<Rectangle> painted_area(std::span<const float> mask, ImageSize size);

// `area` with `padding` pixels around it, then widened to the proportions of `shape`, as far as the picture reaches.
[[nodiscard]] Rectangle widened(const Rectangle& area, int padding, ImageSize shape, ImageSize picture);

// Puts `above` on `below` where the mask says, at (x, y). mask: of `below`'s size. Where it is 0, `below` stays bit for
// bit.
void mix(Image& below, const Image& above, std::span<const float> mask, int x, int y);

}  // namespace sfumato

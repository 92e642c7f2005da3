// How a picture is made as wide and high as the one that is asked for. The picture, its mask and its map share one
// geometry, so that they stay on top of each other.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "image/canvas.h"
#include "image/decoded_image.h"
#include "sfumato/image.h"
#include "sfumato/options.h"

namespace sfumato {

// The part `from` of the original becomes the part `to` of the result; what lies around `to` is border.
struct Geometry {
  ImageSize original;
  Rectangle from;
  ImageSize result;
  Rectangle to;

  // Every pixel of `to` is one of the original.
  [[nodiscard]] bool copies() const { return from.width == to.width && from.height == to.height; }
};

//   crop: the largest part from the middle that has the right proportions
//   pad: all of it in the middle, with borders
//   stretch: all of it, out of proportion
[[nodiscard]] Geometry fit(ImageSize original, ImageSize result, ImageFit how);
// A part of the original, over the whole result.
[[nodiscard]] Geometry fit(ImageSize original, ImageSize result, const Rectangle& part);

// What the geometry does, for people: "640x480, cut and scaled to 512x512". Empty if it does nothing.
[[nodiscard]] std::string shown(const Geometry& geometry);

// Filtered as resize.h does; bit for bit if the geometry copies. image: as large as geometry.original.
[[nodiscard]] Image fitted(const Image& image, const Geometry& geometry, Colour border);
// A mask, 0 to 1, likewise.
[[nodiscard]] std::vector<float> fitted(std::span<const float> mask, const Geometry& geometry, float border);
// Classes or indices, which cannot be mixed: the pixel of the original that lies nearest to each one's centre.
[[nodiscard]] std::vector<std::uint8_t> nearest(std::span<const std::uint8_t> values, const Geometry& geometry,
                                                std::uint8_t border);

}  // namespace sfumato

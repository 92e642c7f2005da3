// Fitting an input image to the requested size. The image, its mask and its map share one geometry, so that they stay
// aligned.
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

// The part `from` of the original becomes the part `to` of the result; the rest of the result is border.
struct Geometry {
  ImageSize original;
  Rectangle from;
  ImageSize result;
  Rectangle to;

  // Whether pixels are copied without scaling.
  [[nodiscard]] bool copies() const { return from.width == to.width && from.height == to.height; }
};

//   crop: the largest centred part with the proportions of the result
//   pad: the whole image, centred, with borders
//   stretch: the whole image, out of proportion
[[nodiscard]] Geometry fit(ImageSize original, ImageSize result, ImageFit how);
// A part of the original fills the whole result.
[[nodiscard]] Geometry fit(ImageSize original, ImageSize result, const Rectangle& part);

// A description for users: "640x480, cut and scaled to 512x512". Empty if the geometry changes nothing.
[[nodiscard]] std::string shown(const Geometry& geometry);

// Resized as in resize.h; exact copies if the geometry only copies. image: of the size geometry.original.
[[nodiscard]] Image fitted(const Image& image, const Geometry& geometry, Colour border);
// The same for a mask of values from 0 to 1.
[[nodiscard]] std::vector<float> fitted(std::span<const float> mask, const Geometry& geometry, float border);
// The same for class indices, which cannot be mixed: nearest neighbour, by pixel centres.
[[nodiscard]] std::vector<std::uint8_t> nearest(std::span<const std::uint8_t> values, const Geometry& geometry,
                                                std::uint8_t border);

}  // namespace sfumato

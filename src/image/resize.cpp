#include "image/resize.h"

#include <algorithm>

#include "sfumato/error.h"

#define STB_IMAGE_RESIZE_IMPLEMENTATION
#define STB_IMAGE_RESIZE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <stb_image_resize.h>
#pragma GCC diagnostic pop

namespace sfumato {
namespace {

void check(int ok) {
  if (ok == 0) throw Error(ErrorKind::internal, "a picture could not be resized: not enough memory.");
}

}  // namespace

Image resized(const Image& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  Image result{.width = width, .height = height, .rgb = {}};
  result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const int ok = stbir_resize_uint8_srgb(image.rgb.data(), image.width, image.height, 0, result.rgb.data(), width,
                                         height, 0, 3, STBIR_ALPHA_CHANNEL_NONE, 0);
  check(ok);
  return result;
}

std::vector<float> resized(std::span<const float> mask, ImageSize from, ImageSize to) {
  if (from == to) return {mask.begin(), mask.end()};
  std::vector<float> result(static_cast<std::size_t>(to.width) * static_cast<std::size_t>(to.height));
  check(stbir_resize_float(mask.data(), from.width, from.height, 0, result.data(), to.width, to.height, 0, 1));
  // The filter overshoots next to edges, and its weights add up to 1 only within float32 precision.
  constexpr float kAlmostOne = 1 - 1e-5F;
  for (float& value : result) value = value > kAlmostOne ? 1 : std::max(value, 0.0F);
  return result;
}

}  // namespace sfumato

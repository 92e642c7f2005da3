#include "image/resize.h"

#include "sfumato/error.h"

#define STB_IMAGE_RESIZE_IMPLEMENTATION
#define STB_IMAGE_RESIZE_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <stb_image_resize.h>
#pragma GCC diagnostic pop

namespace sfumato {

Image resized(const Image& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  Image result{.width = width, .height = height, .rgb = {}};
  result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  const int done = stbir_resize_uint8_srgb(image.rgb.data(), image.width, image.height, 0, result.rgb.data(), width,
                                           height, 0, 3, STBIR_ALPHA_CHANNEL_NONE, 0);
  if (done == 0) throw Error(ExitCode::internal, "a picture could not be resized: not enough memory.");
  return result;
}

}  // namespace sfumato

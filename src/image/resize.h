// Pictures made larger or smaller. resize.cpp is the only file that knows stb_image_resize.
#pragma once

#include <span>
#include <vector>

#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// The picture at another size, filtered in linear light. Throws Error(internal) if there is no memory.
[[nodiscard]] Image resized(const Image& image, int width, int height);

// A mask at another size: values from 0 to 1 stay so, and plain areas stay as they are.
[[nodiscard]] std::vector<float> resized(std::span<const float> mask, ImageSize from, ImageSize to);

}  // namespace sfumato

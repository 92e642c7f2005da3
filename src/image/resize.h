// Resizing. Only resize.cpp includes stb_image_resize.
#pragma once

#include <span>
#include <vector>

#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// Filtered in linear light. Throws Error(internal) if memory is short.
[[nodiscard]] Image resized(const Image& image, int width, int height);

// The same for a mask: values stay within 0 to 1, and uniform areas keep their value.
[[nodiscard]] std::vector<float> resized(std::span<const float> mask, ImageSize from, ImageSize to);

}  // namespace sfumato

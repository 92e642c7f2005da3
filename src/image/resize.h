// Pictures made larger or smaller. resize.cpp is the only file that knows stb_image_resize.
#pragma once

#include "sfumato/image.h"

namespace sfumato {

// The picture at another size, filtered in linear light. Throws Error(internal) if there is no memory.
[[nodiscard]] Image resized(const Image& image, int width, int height);

}  // namespace sfumato

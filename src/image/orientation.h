// Applying the EXIF orientation.
#pragma once

#include "image/decoded_image.h"

namespace sfumato {

// The size after turning. orientation: 1 to 8 (exif.h); from 5 on, width and height are swapped.
[[nodiscard]] ImageSize turned_size(ImageSize stored, int orientation);

// The upright image, `values` included, with a remark if it was turned.
[[nodiscard]] DecodedImage turned(DecodedImage stored, int orientation);

}  // namespace sfumato

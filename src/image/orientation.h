// Turning pictures as EXIF's orientation says.
#pragma once

#include "image/decoded_image.h"

namespace sfumato {

// The size after turning. orientation: 1 to 8 (exif.h); from 5 on, width and height change places.
[[nodiscard]] ImageSize turned_size(ImageSize stored, int orientation);

// The picture as it is to be seen, its values with it, and a remark on it if it was turned.
[[nodiscard]] DecodedImage turned(DecodedImage stored, int orientation);

}  // namespace sfumato

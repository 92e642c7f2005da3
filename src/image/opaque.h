// Removing transparency.
#pragma once

#include "image/canvas.h"
#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// The image on a background. Values are mixed in sRGB, like in browsers.
[[nodiscard]] Image opaque(const DecodedImage& decoded, Colour background);

}  // namespace sfumato

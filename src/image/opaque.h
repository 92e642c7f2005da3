// Pictures without their transparency.
#pragma once

#include "image/canvas.h"
#include "image/decoded_image.h"
#include "sfumato/image.h"

namespace sfumato {

// The picture laid on a background: values are mixed as they are stored, as browsers do.
[[nodiscard]] Image opaque(const DecodedImage& picture, Colour background);

}  // namespace sfumato

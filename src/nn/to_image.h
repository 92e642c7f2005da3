// Pixels as bytes.
#pragma once

#include <ATen/core/Tensor.h>

#include "sfumato/image.h"

namespace sfumato {

// pixels: [1, 3, H, W] float32, -1 black, 1 white; what is outside is clamped; each value is rounded to the nearest of
// 0 to 255, as diffusers does, halves to even. Throws Error(internal) if a value is NaN or infinite: that is never
// shown as black.
[[nodiscard]] Image to_image(const at::Tensor& pixels);

}  // namespace sfumato

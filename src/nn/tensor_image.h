// Images and masks as tensors, and back.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "sfumato/image.h"

namespace sfumato {

// pixels: [1, 3, H, W] float32, -1 black, 1 white, clamped; each value is rounded to the nearest of 0 to 255, halves to
// even, as diffusers does. Throws Error(internal) if a value is NaN or infinite: that is never shown as black.
[[nodiscard]] Image to_image(const at::Tensor& pixels);

// The inverse: [1, 3, H, W] float32, -1 black, 1 white, on the CPU.
[[nodiscard]] at::Tensor to_pixels(const Image& image);

// mask: W values a row, rows from the top. Returns [1, 1, H, W] float32 on the CPU.
[[nodiscard]] at::Tensor to_mask(const std::vector<float>& mask, int width);

// The share of each latent that is painted anew: [1, 1, H / downscale, W / downscale] float32.
// mask: [1, 1, H, W] float32, 0 preserves, 1 paints. A binary mask gives each latent its first pixel, as diffusers does
// (torch.nn.functional.interpolate). A mask with soft edges, and a binary one of which that leaves nothing, gives the
// mean of each latent's pixels.
[[nodiscard]] at::Tensor latent_mask(const at::Tensor& mask, int downscale);

}  // namespace sfumato

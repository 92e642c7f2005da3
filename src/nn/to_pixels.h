// Bytes as pixels, and masks as the networks see them: the inverse of nn/to_image.h.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "sfumato/image.h"

namespace sfumato {

// [1, 3, H, W] float32, -1 black, 1 white.
[[nodiscard]] at::Tensor to_pixels(const Image& image);

// mask: W numbers a row, rows from the top. [1, 1, H, W] float32
[[nodiscard]] at::Tensor to_mask(const std::vector<float>& mask, int width);

// mask: [1, 1, H, W] float32, 0 is kept, 1 painted anew. To what of each latent is painted anew, [1, 1, H / downscale,
// W / downscale] float32. A mask that is black and white has each latent's first pixel, as diffusers'
// (torch.nn.functional.interpolate); if that leaves nothing of it, and with soft edges, it is the mean of each latent's
// pixels.
[[nodiscard]] at::Tensor latent_mask(const at::Tensor& mask, int downscale);

}  // namespace sfumato

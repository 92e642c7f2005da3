#include "nn/to_pixels.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/from_blob.h>

namespace sfumato {

at::Tensor to_pixels(const Image& image) {
  // from_blob has no way to say that the bytes are only read.
  auto* bytes = const_cast<std::uint8_t*>(image.rgb.data());
  const at::Tensor values = at::from_blob(bytes, {image.height, image.width, 3}, at::TensorOptions(at::kByte));
  return (2 * (values.to(at::kFloat) / 255) - 1).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

at::Tensor to_mask(const std::vector<float>& mask, int width) {
  auto* values = const_cast<float*>(mask.data());  // likewise
  const auto height = static_cast<std::int64_t>(mask.size()) / width;
  return at::from_blob(values, {1, 1, height, width}, at::TensorOptions(at::kFloat)).clone();
}

at::Tensor latent_mask(const at::Tensor& mask, int downscale) {
  if (((mask == 0) | (mask == 1)).all().item<bool>()) {
    const at::Tensor first = mask.slice(2, 0, std::nullopt, downscale).slice(3, 0, std::nullopt, downscale);
    if (first.any().item<bool>()) return first.contiguous();
  }
  return at::avg_pool2d(mask, {downscale, downscale}, {downscale, downscale});
}

}  // namespace sfumato

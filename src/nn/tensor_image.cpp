#include "nn/tensor_image.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/isfinite.h>

#include "sfumato/error.h"

namespace sfumato {

Image to_image(const at::Tensor& pixels) {
  TORCH_CHECK(pixels.dim() == 4 && pixels.size(0) == 1 && pixels.size(1) == 3, "pixels must be [1, 3, H, W], not ",
              pixels.sizes());
  if (!at::isfinite(pixels).all().item<bool>()) {
    throw Error(ErrorKind::internal,
                "the picture has values that are not finite (NaN or infinite), so it is not saved. "
                "Take a smaller `cfg_scale`, or `dtype` float32.");
  }
  const at::Tensor rounded = ((pixels / 2 + 0.5).clamp(0, 1) * 255).round();
  const at::Tensor bytes = rounded.squeeze(0).permute({1, 2, 0}).to(at::kCPU, at::kByte).contiguous();
  Image image{.width = static_cast<int>(bytes.size(1)), .height = static_cast<int>(bytes.size(0)), .rgb = {}};
  const std::uint8_t* data = bytes.const_data_ptr<std::uint8_t>();
  image.rgb.assign(data, data + bytes.numel());
  return image;
}

at::Tensor to_pixels(const Image& image) {
  // from_blob takes no pointer to const; the bytes are only read.
  auto* bytes = const_cast<std::uint8_t*>(image.rgb.data());
  const at::Tensor values = at::from_blob(bytes, {image.height, image.width, 3}, at::TensorOptions(at::kByte));
  return (2 * (values.to(at::kFloat) / 255) - 1).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

at::Tensor to_mask(const std::vector<float>& mask, int width) {
  auto* values = const_cast<float*>(mask.data());  // only read
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

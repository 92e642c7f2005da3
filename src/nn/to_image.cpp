#include "nn/to_image.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include "sfumato/error.h"

namespace sfumato {

Image to_image(const at::Tensor& pixels) {
  TORCH_CHECK(pixels.dim() == 4 && pixels.size(0) == 1 && pixels.size(1) == 3, "want pixels [1, 3, H, W], got ",
              pixels.sizes());
  if (!at::isfinite(pixels).all().item<bool>()) {
    throw Error(ErrorKind::internal,
                "the picture has values that are not finite (NaN or infinite), so it is not saved. "
                "Take a smaller --cfg-scale, or --dtype float32.");
  }
  const at::Tensor rounded = ((pixels / 2 + 0.5).clamp(0, 1) * 255).round();
  const at::Tensor bytes = rounded.squeeze(0).permute({1, 2, 0}).to(at::kCPU, at::kByte).contiguous();
  Image image{.width = static_cast<int>(bytes.size(1)), .height = static_cast<int>(bytes.size(0)), .rgb = {}};
  const std::uint8_t* data = bytes.const_data_ptr<std::uint8_t>();
  image.rgb.assign(data, data + bytes.numel());
  return image;
}

}  // namespace sfumato

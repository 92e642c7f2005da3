// Between the latents of the VAE and those that the U-Net sees, of unit variance (LatentConfig).
#pragma once

#include <ATen/core/Tensor.h>

#include "bundle/model_config.h"

namespace sfumato {

class LatentScaling {
 public:
  explicit LatentScaling(const LatentConfig& config);

  // All take and give [B, C, h, w] float32, on any device.
  // (encoded - mean) * scaling_factor / deviation
  [[nodiscard]] at::Tensor from_encoder(const at::Tensor& encoded) const;
  // The same of a standard deviation, which has no mean.
  [[nodiscard]] at::Tensor deviation_from_encoder(const at::Tensor& deviation) const;
  // latents * deviation / scaling_factor + mean
  [[nodiscard]] at::Tensor to_decoder(const at::Tensor& latents) const;

 private:
  double factor_;
  at::Tensor mean_{};  // [1, C, 1, 1] float32 on the CPU, as deviation_; undefined: 0
  at::Tensor deviation_{};
};

}  // namespace sfumato

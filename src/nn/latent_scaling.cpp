#include "nn/latent_scaling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

namespace sfumato {
namespace {

at::Tensor channels(const std::vector<double>& numbers) {
  return at::tensor(numbers, at::kFloat).view({1, static_cast<std::int64_t>(numbers.size()), 1, 1});
}

}  // namespace

LatentScaling::LatentScaling(const LatentConfig& config) : factor_(config.scaling_factor) {
  if (config.mean.empty()) return;
  mean_ = channels(config.mean);
  deviation_ = channels(config.deviation);
}

at::Tensor LatentScaling::from_encoder(const at::Tensor& encoded) const {
  if (!mean_.defined()) return factor_ * encoded;
  return (encoded - mean_.to(encoded.device())) * factor_ / deviation_.to(encoded.device());
}

at::Tensor LatentScaling::deviation_from_encoder(const at::Tensor& deviation) const {
  if (!mean_.defined()) return factor_ * deviation;
  return deviation * factor_ / deviation_.to(deviation.device());
}

at::Tensor LatentScaling::to_decoder(const at::Tensor& latents) const {
  if (!mean_.defined()) return latents / factor_;
  return latents * deviation_.to(latents.device()) / factor_ + mean_.to(latents.device());
}

}  // namespace sfumato

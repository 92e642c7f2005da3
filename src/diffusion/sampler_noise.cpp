#include "diffusion/sampler_noise.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>

namespace sfumato {
namespace {

// k-diffusion asks its tree at float32 sigmas that went through the logarithm. Near sigma 14 that moves them by as much
// as the tree's own rounding, so it is done here as there.
at::Tensor lambda_of(double sigma) { return at::scalar_tensor(sigma, at::kFloat).log().neg(); }
double sigma_at(const at::Tensor& lambda) { return lambda.neg().exp().item<float>(); }

}  // namespace

at::Tensor Noise::scaled(const at::Tensor& numbers) const { return scale_ == 1 ? numbers : scale_ * numbers; }

at::Tensor Noise::of_step(double sigma, double next) const {
  if (path_ == nullptr) return (*this)();
  const auto from = static_cast<float>(sigma), to = static_cast<float>(next);
  return scaled(path_->increment(from, to) / std::sqrt(from - to));
}

HalfStep Noise::half_step(double sigma, double next) const {
  if (path_ == nullptr) {
    const double middle = std::sqrt(sigma * next);
    const at::Tensor half = std::sqrt(sigma - middle) * (*this)();
    return {.half = half, .whole = half + std::sqrt(middle - next) * (*this)()};
  }
  const at::Tensor t = lambda_of(sigma), t_next = lambda_of(next), s = t + (t_next - t) * 0.5;
  return {.half = scaled(path_->increment(sigma_at(t), sigma_at(s))),
          .whole = scaled(path_->increment(sigma_at(t), sigma_at(t_next)))};
}

Noise noise_of(const GenerateOptions& options, const SigmaTable& table, const std::shared_ptr<NoiseSource>& source) {
  const std::optional<SdeNoise> kind =
      options.sde_noise ? options.sde_noise : default_sde_noise(options.sampling_method);
  std::shared_ptr<BrownianTree> path;
  if (kind == SdeNoise::brownian && options.eta > 0) {
    path = std::make_shared<BrownianTree>(static_cast<float>(table.whole.lowest),
                                          static_cast<float>(table.whole.highest), options.seed,
                                          [source](std::uint32_t seed) { return source->with_seed(seed).draw(); });
  }
  return {[source] { return source->draw(); }, std::move(path), options.s_noise};
}

}  // namespace sfumato

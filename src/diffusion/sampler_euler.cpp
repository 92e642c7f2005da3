#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/ancestral_step.h"
#include "diffusion/sampler.h"

namespace sfumato {

SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    x = x + (down - sigma) * d;
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_ddim(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, double eta,
                             Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], target_sigma = targets[i].to;
    const at::Tensor denoised = co_await denoise(x, sigma);
    const auto [down, up] = ancestral_step(sigma, target_sigma, eta);
    x = (down / sigma) * x + (1 - down / sigma) * denoised;
    if (up > 0) x = x + up * noise();
    // x_t stays what it is and is taken for one of the next level.
    if (target_sigma != next) x = x * std::sqrt((1 + next * next) / (1 + target_sigma * target_sigma));
  }
  co_return x;
}

SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    const at::Tensor predicted = x + (next - sigma) * d;
    if (next == 0) {
      x = predicted;
      continue;
    }
    const at::Tensor denoised_there = co_await denoise(predicted, next);
    const at::Tensor d_there = (predicted - denoised_there) / next;
    x = x + (next - sigma) * (d + d_there) / 2;
  }
  co_return x;
}

}  // namespace sfumato

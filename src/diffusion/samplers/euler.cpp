#include "diffusion/samplers/euler.h"

#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/samplers/steps.h"

namespace sfumato {

SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, ChurnOptions churn, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = churned(sigmas[i], sigmas.size() - 1, churn);
    if (sigma > sigmas[i]) x = x + added_noise(sigmas[i], sigma) * noise();
    const at::Tensor denoised = co_await denoise(x, sigma, sigma > sigmas[i]);
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
    x = exponential_step(x, denoised, sigma, down);
    if (up > 0) x = x + up * noise();
    x = rescaled(x, target_sigma, next);
  }
  co_return x;
}

SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    x = co_await denoise(x, sigmas[i]);
    if (sigmas[i + 1] > 0) x = x + sigmas[i + 1] * noise();
  }
  co_return x;
}

SamplerCoroutine sample_tcd(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, bool ends,
                            Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], down = targets[i].to;
    const at::Tensor denoised = co_await denoise(x, sigma);
    x = exponential_step(x, denoised, sigma, down);
    const bool last = ends && i + 2 == sigmas.size();
    if (!last && next > down) x = x + added_noise(down, next) * noise();
  }
  co_return x;
}

SamplerCoroutine sample_euler_cfg_pp(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const Estimate estimate = co_await denoise_both(x, sigma);
    const at::Tensor d = (x - estimate.unconditional) / sigma;
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    x = estimate.denoised + down * d;
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_gradient_estimation(at::Tensor x, std::vector<double> sigmas) {
  constexpr double gamma = 2;
  at::Tensor last;  // the slope a step earlier
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    x = x + (next - sigma) * d;
    if (last.defined() && next > 0) x = x + (next - sigma) * (gamma - 1) * (d - last);
    last = d;
  }
  co_return x;
}

}  // namespace sfumato

#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/ancestral_step.h"
#include "diffusion/sampler.h"

namespace sfumato {
namespace {

// The first-order exponential step: where x goes from sigma to next if D stays what it is.
at::Tensor exponential_step(const at::Tensor& x, const at::Tensor& denoised, double sigma, double next) {
  return (next / sigma) * x + (1 - next / sigma) * denoised;
}

}  // namespace

SamplerCoroutine sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  at::Tensor previous;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    at::Tensor d = denoised;
    if (previous.defined() && next > 0) {
      const double r = std::log(sigmas[i - 1] / sigma) / std::log(sigma / next);  // h_{i-1} / h_i
      d = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * previous;
    }
    const double decay = std::pow(next / sigma, eta);  // exp(-eta h): what fresh noise leaves of the old
    x = (next / sigma) * decay * x + (1 - next / sigma * decay) * d;
    const double up = next * std::sqrt(1 - decay * decay);
    if (up > 0) x = x + up * noise();
    previous = denoised;
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_2s(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    if (down == 0) {
      x = denoised;
    } else {
      const double middle = std::sqrt(sigma * down);
      const at::Tensor there = exponential_step(x, denoised, sigma, middle);
      const at::Tensor denoised_there = co_await denoise_between(there, middle);
      x = exponential_step(x, denoised_there, sigma, down);
    }
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_sde(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (next == 0) {
      x = denoised;
      continue;
    }
    const double middle = std::sqrt(sigma * next);
    const auto [down_there, up_there] = ancestral_step(sigma, middle, eta);
    at::Tensor there = exponential_step(x, denoised, sigma, down_there);
    at::Tensor first;  // the path's increment from sigma to the middle, of variance sigma - middle
    if (up_there > 0) {
      first = std::sqrt(sigma - middle) * noise();
      there = there + up_there / std::sqrt(sigma - middle) * first;
    }
    const at::Tensor denoised_there = co_await denoise_between(there, middle);
    const auto [down, up] = ancestral_step(sigma, next, eta);
    x = exponential_step(x, denoised_there, sigma, down);
    if (up > 0) x = x + up / std::sqrt(sigma - next) * (first + std::sqrt(middle - next) * noise());
  }
  co_return x;
}

}  // namespace sfumato

#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/ancestral_step.h"
#include "diffusion/sampler.h"

namespace sfumato {

SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    if (down == 0) {
      x = x - sigma * d;
    } else {
      const double middle = std::sqrt(sigma * down);
      const at::Tensor predicted = x + (middle - sigma) * d;
      const at::Tensor denoised_there = co_await denoise_between(predicted, middle);
      const at::Tensor d_there = (predicted - denoised_there) / middle;
      x = x + (down - sigma) * d_there;
    }
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

}  // namespace sfumato

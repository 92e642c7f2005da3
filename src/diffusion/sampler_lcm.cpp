#include <ATen/TensorOperators.h>

#include "diffusion/sampler.h"

namespace sfumato {

SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    x = co_await denoise(x, sigmas[i]);
    if (sigmas[i + 1] > 0) x = x + sigmas[i + 1] * noise();
  }
  co_return x;
}

}  // namespace sfumato

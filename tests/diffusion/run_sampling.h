// Runs a sampler alone, with a denoiser given as a formula.
#pragma once

#include <utility>

#include "diffusion/sampler_coroutine.h"

namespace sfumato {

// denoiser(x, sigma): the denoised estimate of x, which is the unconditional one too.
template <typename Denoiser>
at::Tensor run_sampling(SamplerCoroutine sampling, const Denoiser& denoiser) {
  while (const DenoiseRequest* request = sampling.pending()) {
    const at::Tensor denoised = denoiser(request->x, request->sigma);
    sampling.answer(Estimate{.denoised = denoised, .unconditional = denoised});
  }
  return sampling.result();
}

}  // namespace sfumato

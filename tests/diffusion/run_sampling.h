// Runs a sampler alone, with a denoiser given as a formula.
#pragma once

#include <utility>

#include "diffusion/sampler_coroutine.h"

namespace sfumato {

// denoiser(x, sigma): the denoised estimate of x.
template <typename Denoiser>
at::Tensor run_sampling(SamplerCoroutine sampling, const Denoiser& denoiser) {
  while (const DenoiseRequest* request = sampling.pending()) sampling.answer(denoiser(request->x, request->sigma));
  return sampling.result();
}

}  // namespace sfumato

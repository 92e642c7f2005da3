// Samplers: from noise to latents, by asking for denoised estimates.
//
// Each is a function in the letters of its paper and in the variance-exploding form: x = latents + sigma * noise,
// D = D(x; sigma), and d = (x - D) / sigma is the slope dx/dsigma of the probability flow. The time of exponential
// integrators is lambda = -log sigma.
//
// All take x [1, C, h, w] float32 at sigmas[0] and never write to it; sigmas descend, in double, on the host. The
// result is x at the last sigma; a step to sigma 0 returns the estimate itself. A sampler does not see guidance,
// batches, progress, or at which step of a schedule its sigmas begin.
//
// tests/golden/samplers.safetensors holds diffusers' results, kdiffusion.safetensors k-diffusion's; differences are
// stated at the sampler.
#pragma once

#include "diffusion/prediction.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"
#include "diffusion/sigmas.h"
#include "sfumato/options.h"

namespace sfumato {

// Starts the sampler of `method` along a table. eta matters only if uses_eta(method), churn only if
// info_of(method).churn.
SamplerCoroutine sample(SamplingMethod method, at::Tensor x, const SigmaTable& table, double eta, Noise noise,
                        PredictionType type, const ChurnOptions& churn = {});

// The number of estimates D that `method` asks for along a table; for dpm_adaptive a guess.
[[nodiscard]] int evaluations(SamplingMethod method, const SigmaTable& table);

}  // namespace sfumato

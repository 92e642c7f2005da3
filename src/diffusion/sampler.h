// Samplers: from noise to latents by asking for denoised estimates. Each is a function of the paper's letters, in the
// variance-exploding form: x = latents + sigma * noise, D = D(x; sigma), and d = (x - D) / sigma is the slope dx/dsigma
// of the probability flow.
//
// All of them: x is [1, C, h, w] float32 at sigmas[0] and is not written to; sigmas descend, host-side, in double; the
// result is x at the last sigma. Nothing here knows prediction types, guidance, batches or progress.
#pragma once

#include <functional>
#include <vector>

#include "diffusion/prediction.h"
#include "diffusion/sampling.h"
#include "sfumato/options.h"

namespace sfumato {

using Noise = std::function<at::Tensor()>;  // the next [1, C, h, w] float32 standard normal numbers of this picture

// Euler's method with a share eta of each step's noise replaced by fresh noise.
// eta 0: Euler (Karras et al. 2022, algorithm 1 without churn), which is DDIM (Song et al. 2021a, eq. 12) as well:
// divided by sqrt(alpha), DDIM's step is Euler's in sigma. eta 1: k-diffusion's sample_euler_ancestral. Between: DDIM's
// eta (eq. 16).
Sampling sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// Heun's method of second order (Karras et al. 2022, algorithm 1 without churn); a step to sigma 0 is Euler's.
Sampling sample_heun(at::Tensor x, std::vector<double> sigmas);

// DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, algorithm 2), in lambda = -log sigma.
Sampling sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas);

// Pseudo linear multistep (Liu et al. 2022, arXiv:2202.09778, eq. 12) with the first step by the improved Euler method
// instead of Runge-Kutta: CompVis' PLMS, diffusers' PNDMScheduler with skip_prk_steps. As there, what is extrapolated
// is the network's own output F.
Sampling sample_pndm(at::Tensor x, std::vector<double> sigmas, PredictionType type);

// The sampler of that name.
Sampling sample(SamplingMethod method, at::Tensor x, std::vector<double> sigmas, double eta, Noise noise,
                PredictionType type);

// How often `method` asks for D in so many steps to sigma 0.
[[nodiscard]] int evaluations(SamplingMethod method, int steps);

}  // namespace sfumato

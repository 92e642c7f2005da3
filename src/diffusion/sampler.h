// Samplers: from noise to latents by asking for denoised estimates. Each is a function of the paper's letters, in the
// variance-exploding form: x = latents + sigma * noise, D = D(x; sigma), and d = (x - D) / sigma is the slope dx/dsigma
// of the probability flow. The time of exponential integrators is lambda = -log sigma.
//
// All of them: x is [1, C, h, w] float32 at sigmas[0] and is not written to; sigmas descend, host-side, in double; the
// result is x at the last sigma. A step to sigma 0 is the estimate itself. Nothing here knows guidance, batches or
// progress, or where a table begins.
//
// tests/golden/samplers.safetensors holds what diffusers makes of each; where one differs it is said here.
#pragma once

#include <functional>
#include <vector>

#include "diffusion/prediction.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sigmas.h"
#include "sfumato/options.h"

namespace sfumato {

using Noise = std::function<at::Tensor()>;  // the next [1, C, h, w] float32 standard normal numbers of this picture

// Euler's method with a share eta of each step's noise replaced by fresh noise.
// eta 0: Euler (Karras et al. 2022, algorithm 1 without churn). eta 1: k-diffusion's sample_euler_ancestral.
SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DDIM (Song et al. 2021a, eq. 12 and 16): divided by sqrt(alpha), its step is that of sample_euler, here as an
// interpolation between x and D, so that it may begin at pure noise. eta 1: DDPM's posterior (Ho et al. 2020, eq. 7),
// diffusers' DDPMScheduler with variance_type fixed_small. Neither clips its estimates.
SamplerCoroutine sample_ddim(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, double eta,
                             Noise noise);

// Heun's method of second order (Karras et al. 2022, algorithm 1 without churn).
SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas);

// The second-order step through the geometric middle of two levels: DPM-Solver-2 (Lu et al. 2022, arXiv:2206.00927,
// algorithm 1) as k-diffusion's sample_dpm_2 has it, and with eta 1 its sample_dpm_2_ancestral.
SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// Linear multistep of order up to four for unequal steps (k-diffusion's sample_lms, Adams and Bashforth). It begins
// with one slope wherever that is; diffusers' LMSDiscreteScheduler takes the coefficients of four in the middle of its
// table, and leaves out the slopes that it has not.
SamplerCoroutine sample_lms(at::Tensor x, std::vector<double> sigmas);

// Pseudo linear multistep (Liu et al. 2022, arXiv:2202.09778, eq. 12) with the first step by the improved Euler method
// instead of Runge-Kutta: CompVis' PLMS, diffusers' PNDMScheduler with skip_prk_steps. As there, what is extrapolated
// is the network's own output F.
SamplerCoroutine sample_pndm(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets,
                             PredictionType type);

// DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, algorithm 2) with a share eta of fresh noise: 0 is the solver of
// the probability flow, 1 SDE-DPM-Solver++(2M) (the same paper, appendix; diffusers' midpoint form).
SamplerCoroutine sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DPM-Solver++(2S) (arXiv:2211.01095, algorithm 1, r = 1/2) with ancestral noise: k-diffusion's
// sample_dpmpp_2s_ancestral. diffusers' DPMSolverSinglestepScheduler is another method of that name: it has no noise
// and takes the levels of its table in pairs; with eta 0 both agree where levels are equally spaced in lambda.
SamplerCoroutine sample_dpmpp_2s(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// The stochastic two-stage solver of k-diffusion's sample_dpmpp_sde with r = 1/2. The noise of the half step and of the
// whole one belong to one Brownian path, as there; here the path is made of plain draws, one for each half, instead of
// torchsde's tree, so pictures are another sample of what diffusers' DPMSolverSDEScheduler draws from.
SamplerCoroutine sample_dpmpp_sde(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// UniPC of order 2 with B(h) = exp(h) - 1 in data prediction (Zhao et al. 2023, arXiv:2302.04867, algorithms 5 and 6).
SamplerCoroutine sample_unipc(at::Tensor x, std::vector<double> sigmas);

// Multistep latent consistency sampling (Luo et al. 2023, arXiv:2310.04378, algorithm 1): fresh noise on each estimate.
// diffusers mixes x into the estimate (the paper's boundary condition) by (0.5 / 10 t)^2, at most 7e-6 at its
// timesteps; here it is left out.
SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise);

// The sampler of that name along a table. eta counts where uses_eta(method).
SamplerCoroutine sample(SamplingMethod method, at::Tensor x, const SigmaTable& table, double eta, Noise noise,
                        PredictionType type);

// How often `method` asks for D along a table.
[[nodiscard]] int evaluations(SamplingMethod method, const SigmaTable& table);

}  // namespace sfumato

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
// tests/golden/samplers.safetensors holds diffusers' results for each; differences are stated at the sampler.
#pragma once

#include <functional>
#include <vector>

#include "diffusion/prediction.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/sigmas.h"
#include "sfumato/options.h"

namespace sfumato {

using Noise = std::function<at::Tensor()>;  // draws the picture's next standard normal numbers, [1, C, h, w] float32

// Euler's method with a share eta of each step's noise replaced by fresh noise.
// eta 0: Euler (Karras et al. 2022, algorithm 1 without churn). eta 1: k-diffusion's sample_euler_ancestral.
SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DDIM (Song et al. 2021a, eq. 12 and 16): divided by sqrt(alpha), its step is that of sample_euler, written as an
// interpolation between x and D, so that it can begin at pure noise. eta 1: DDPM's posterior (Ho et al. 2020, eq. 7),
// diffusers' DDPMScheduler with variance_type fixed_small. Estimates are not clipped. targets: one per step.
SamplerCoroutine sample_ddim(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, double eta,
                             Noise noise);

// Heun's method of second order (Karras et al. 2022, algorithm 1 without churn).
SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas);

// DPM-Solver-2 (Lu et al. 2022, arXiv:2206.00927, algorithm 1): a second-order step through the geometric mean of two
// levels, as in k-diffusion's sample_dpm_2; with eta 1 its sample_dpm_2_ancestral.
SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// Linear multistep of order up to four for unequal steps (k-diffusion's sample_lms, Adams and Bashforth). The first
// step has one slope even in the middle of a table; diffusers' LMSDiscreteScheduler takes the coefficients of four
// there and leaves out the slopes it does not have.
SamplerCoroutine sample_lms(at::Tensor x, std::vector<double> sigmas);

// Pseudo linear multistep (Liu et al. 2022, arXiv:2202.09778, eq. 12) with the first step by the improved Euler method
// instead of Runge-Kutta: CompVis' PLMS, diffusers' PNDMScheduler with skip_prk_steps. As there, the network's own
// output F is extrapolated. sigmas has its second level twice (SigmaTable::sigmas); targets: one per step.
SamplerCoroutine sample_pndm(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets,
                             PredictionType type);

// DPM-Solver++(2M) (Lu et al. 2022, arXiv:2211.01095, algorithm 2) with a share eta of fresh noise. eta 0: the solver
// of the probability flow. eta 1: SDE-DPM-Solver++(2M) (the same paper, appendix; diffusers' midpoint form).
SamplerCoroutine sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// DPM-Solver++(2S) (arXiv:2211.01095, algorithm 1, r = 1/2) with ancestral noise: k-diffusion's
// sample_dpmpp_2s_ancestral. diffusers' DPMSolverSinglestepScheduler is another method of that name: it adds no noise
// and takes levels in pairs; with eta 0 both agree where levels are equally spaced in lambda.
SamplerCoroutine sample_dpmpp_2s(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// The stochastic two-stage solver of k-diffusion's sample_dpmpp_sde with r = 1/2. As there, the noise of the half step
// and of the whole step is of one Brownian path. Here the path is two plain draws per step instead of torchsde's tree,
// so pictures are another sample of the distribution of diffusers' DPMSolverSDEScheduler.
SamplerCoroutine sample_dpmpp_sde(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// UniPC of order 2 with B(h) = exp(h) - 1 in data prediction (Zhao et al. 2023, arXiv:2302.04867, algorithms 5 and 6).
SamplerCoroutine sample_unipc(at::Tensor x, std::vector<double> sigmas);

// Multistep latent consistency sampling (Luo et al. 2023, arXiv:2310.04378, algorithm 1): fresh noise on each estimate.
// The paper's boundary condition is left out: diffusers mixes x into the estimate by (0.5 / 10 t)^2, at most 7e-6 at
// its timesteps.
SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise);

// Starts the sampler of `method` along a table. eta matters only if uses_eta(method); noise is called once per draw.
SamplerCoroutine sample(SamplingMethod method, at::Tensor x, const SigmaTable& table, double eta, Noise noise,
                        PredictionType type);

// The number of estimates D that `method` asks for along a table.
[[nodiscard]] int evaluations(SamplingMethod method, const SigmaTable& table);

}  // namespace sfumato

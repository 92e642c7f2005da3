// Methods that ask for one estimate per step and remember at most a slope: Euler's and its relatives.
// samplers.h says what all samplers have in common.
#pragma once

#include <vector>

#include "diffusion/sampler_coroutine.h"
#include "diffusion/sampler_noise.h"
#include "diffusion/sigmas.h"

namespace sfumato {

// Euler's method with a share eta of each step's noise replaced by fresh noise.
// eta 0: Euler (Karras et al. 2022, algorithm 2). eta 1: k-diffusion's sample_euler_ancestral.
SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, ChurnOptions churn, Noise noise);

// DDIM (Song et al. 2021a, eq. 12 and 16): divided by sqrt(alpha), its step is that of sample_euler, written as an
// interpolation between x and D, so that it can begin at pure noise. eta 1: DDPM's posterior (Ho et al. 2020, eq. 7),
// diffusers' DDPMScheduler with variance_type fixed_small. Estimates are not clipped. targets: one per step.
SamplerCoroutine sample_ddim(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, double eta,
                             Noise noise);

// Multistep latent consistency sampling (Luo et al. 2023, arXiv:2310.04378, algorithm 1): fresh noise on each estimate.
// The paper's boundary condition is left out: diffusers mixes x into the estimate by (0.5 / 10 t)^2, at most 7e-6 at
// its timesteps.
SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise);

// Trajectory consistency sampling (Zheng et al. 2024, arXiv:2402.19159, algorithm 4), diffusers' TCDScheduler: a step
// of DDIM to a level below the next, the `to` of its target, and fresh noise up to the next. The last step of the
// whole table has none; ends: whether that is the last step here.
SamplerCoroutine sample_tcd(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, bool ends,
                            Noise noise);

// CFG++ (Chung et al. 2024, arXiv:2406.08070, algorithm 1): the noise that a step puts back on the guided estimate is
// that of the unguided one. eta 0: ComfyUI's euler_cfg_pp, eta 1: its euler_ancestral_cfg_pp. cfg scales of 1 to 2
// suffice.
SamplerCoroutine sample_euler_cfg_pp(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise);

// Euler's method with the slope extrapolated by its last change (Permenter and Yuan 2024, arXiv:2306.04848, gamma 2),
// as ComfyUI's gradient_estimation.
SamplerCoroutine sample_gradient_estimation(at::Tensor x, std::vector<double> sigmas);

}  // namespace sfumato

// The noise levels that a sampler visits.
#pragma once

#include <vector>

#include "diffusion/noise_schedule.h"
#include "diffusion/sampler_coroutine.h"
#include "sfumato/options.h"

namespace sfumato {

// diffusers' DDIM and PNDM step by a stride of train_steps / steps timesteps, rounded down, wherever that leads. Where
// the spacing is wider than that, a step ends above the next level, and its latents are taken for latents there.
struct StepTarget {
  double from = 0;  // the level one stride above this timestep
  double to = 0;    // the level one stride below it; the last sigma where there is none
};

struct SigmaTable {
  // Descending, one more than there are steps; the last is where the sampler ends, mostly 0. For pndm the second one is
  // there twice, if there are two: there it asks again after its first step.
  std::vector<double> sigmas;
  std::vector<double> timesteps;      // what the network is told at each sigma but the last
  double initial_scale = 1;           // x at sigmas[0] is standard normal noise times this
  std::vector<StepTarget> targets{};  // of each step, ddim and pndm only; empty: each step leads to the next sigma
};

// The table of diffusers' scheduler of that name for the same configuration:
// ddim DDIMScheduler, pndm PNDMScheduler(skip_prk_steps), ddpm DDPMScheduler, euler EulerDiscreteScheduler, euler_a
// EulerAncestralDiscreteScheduler, heun HeunDiscreteScheduler, lms LMSDiscreteScheduler, dpm2 KDPM2DiscreteScheduler,
// dpm2_a KDPM2AncestralDiscreteScheduler, dpm++2m DPMSolverMultistepScheduler, dpm++2m_sde the same with
// sde-dpmsolver++, dpm++sde DPMSolverSDEScheduler, unipc UniPCMultistepScheduler, lcm LCMScheduler with its 50 original
// steps; dpm++2s_a, which diffusers has not, as euler.
//
// discrete is the model's timesteps, spaced as timestep_spacing says; karras = use_karras_sigmas (Karras et al. 2022,
// eq. 5, rho 7), exponential = use_exponential_sigmas (equal steps of log sigma); for euler_a and lcm, where diffusers
// has neither, as for euler. sgm_uniform is AUTOMATIC1111's: equal steps of the timestep from the last to the first,
// which is left out. Options::sigmas are taken as they are, and the network is told NoiseSchedule::timestep.
//
// With rescale_betas_zero_snr ddim, pndm, ddpm and lcm begin at pure noise, the others at sigma 4096, as in diffusers.
//
// Requires check(options). Throws Error(usage) if the model's schedule has no room for so many steps.
[[nodiscard]] SigmaTable sigma_table(const NoiseSchedule& schedule, const GenerateOptions& options);

// The rest of the table from a step on, for a sampler that begins there with x = latents + initial_scale * noise, as
// diffusers' pipelines cut their schedulers' timesteps. For pndm they cut the doubled list: it then begins one level
// higher, and takes the second step's start for the third's. 0 <= step < steps.
[[nodiscard]] SigmaTable from_step(const SigmaTable& table, int step);

// What the network is told: the table's own timestep where a sampler asks at a level of the table, else the schedule's.
[[nodiscard]] double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, const DenoiseRequest& request);

}  // namespace sfumato

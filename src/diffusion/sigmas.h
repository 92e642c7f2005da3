// The noise levels that a sampler visits.
#pragma once

#include <vector>

#include "diffusion/noise_schedule.h"
#include "diffusion/sampler_coroutine.h"
#include "sfumato/options.h"

namespace sfumato {

// Where a step of ddim or pndm leads. diffusers' DDIM and PNDM step by a stride of train_steps / steps timesteps,
// rounded down. Where the spacing is wider, the step ends above the next level and its latents count as latents of that
// level.
struct StepTarget {
  double from = 0;  // sigma one stride above this step's timestep
  double to = 0;    // sigma one stride below it, or the table's last sigma below timestep 0
};

struct SigmaTable {
  // Descending, one more than there are steps; the last is where the sampler ends, mostly 0. pndm repeats the second
  // level, if there is one: it asks again there after its first step.
  std::vector<double> sigmas;
  std::vector<double> timesteps;      // the network's timestep at each sigma but the last
  double initial_scale = 1;           // x at sigmas[0] is standard normal noise times this
  std::vector<StepTarget> targets{};  // one per step, ddim and pndm only; empty: each step leads to the next sigma
};

// The table of diffusers' scheduler for the method (api/sampler_info.cpp names the class) and the same configuration:
// pndm with skip_prk_steps, lcm with 50 original steps. diffusers lacks dpm++2s_a, which takes euler's table.
//
// discrete: the model's timesteps, spaced by timestep_spacing. karras: use_karras_sigmas (Karras et al. 2022, eq. 5,
// rho 7). exponential: use_exponential_sigmas (equal steps of log sigma). diffusers' classes for euler_a and lcm have
// neither of the two; they take euler's. sgm_uniform is AUTOMATIC1111's: equal steps of the timestep from the last to
// the first, which is left out. GenerateOptions::sigmas are taken as given, with NoiseSchedule::timestep of each.
//
// With rescale_betas_zero_snr ddim, pndm, ddpm and lcm begin at pure noise, the others at sigma 4096, as in diffusers.
//
// Requires check(options). Throws Error(usage) if the model's schedule has fewer noise levels than steps.
[[nodiscard]] SigmaTable sigma_table(const NoiseSchedule& schedule, const GenerateOptions& options);

// The rest of the table from a step on, for a sampler that begins there with x = latents + initial_scale * noise, cut
// as diffusers' pipelines cut their schedulers' timesteps. For pndm they cut the list with the repeated level: it then
// begins one level higher and takes the second step's start as the third's. 0 <= step < steps.
[[nodiscard]] SigmaTable from_step(const SigmaTable& table, int step);

// The network's timestep for a request: the table's own at a level of the table, otherwise the schedule's.
[[nodiscard]] double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, const DenoiseRequest& request);

}  // namespace sfumato

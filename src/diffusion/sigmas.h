// The noise levels that a sampler visits.
#pragma once

#include <vector>

#include "diffusion/noise_schedule.h"
#include "diffusion/sampler_coroutine.h"
#include "diffusion/schedules.h"
#include "sfumato/options.h"

namespace sfumato {

// Where a step of ddim, pndm or tcd leads. That of tcd goes down to eta times its way to the next timestep's noise
// (sample_tcd); `from` is unused. diffusers' DDIM and PNDM step by a stride of train_steps / steps timesteps,
// rounded down. Where the spacing is wider, the step ends above the next level and its latents count as latents of that
// level.
struct StepTarget {
  double from = 0;  // sigma one stride above this step's timestep
  double to = 0;    // sigma one stride below it, or the table's last sigma below timestep 0
};

// What a table was before from_step() and to_step().
struct WholeTable {
  double lowest = 0;   // sigma above 0
  double highest = 0;  // sigma
  int steps = 0;
};

struct SigmaTable {
  // Descending, one more than there are steps; the last is where the sampler ends, mostly 0. pndm repeats the second
  // level, if there is one: it asks again there after its first step.
  std::vector<double> sigmas;
  std::vector<double> timesteps;      // the network's timestep at each sigma but the last
  double initial_scale = 1;           // x at sigmas[0] is standard normal noise times this
  std::vector<StepTarget> targets{};  // one per step, ddim, pndm and tcd only; empty: each step leads to the next sigma
  WholeTable whole{};
  bool ends = true;  // with the last level of the whole table; false: the sampler stops earlier (to_step)
};

// The levels of the scheduler (diffusion/schedules.h), as diffusers' scheduler for the method visits them where it has
// one (api/sampler_info.cpp names the class): pndm with skip_prk_steps, lcm with 50 original steps. Methods that
// diffusers lacks take euler's. With discard_penultimate the scheduler gives one level more, and its lowest is left out
// (AUTOMATIC1111's "discard penultimate sigma"). GenerateOptions::sigmas are taken as given, with
// NoiseSchedule::timestep of each; so are GenerateOptions::timesteps, with NoiseSchedule::sigma: then each step of ddim
// and pndm leads to the next level.
//
// With rescale_betas_zero_snr ddim, pndm, ddpm and lcm begin at pure noise, the others at sigma 4096, as in diffusers.
//
// Requires check(options) and check_model_inputs() (bundle/check_model_inputs.h). Throws Error(usage) if the model's
// schedule has fewer noise levels than steps, or no timestep as high as the first of `timesteps`.
[[nodiscard]] SigmaTable sigma_table(const NoiseSchedule& schedule, const GenerateOptions& options,
                                     AysLevels ays = AysLevels::sd1);

// The rest of the table from a step on, for a sampler that begins there with x = latents + initial_scale * noise, cut
// as diffusers' pipelines cut their schedulers' timesteps. For pndm they cut the list with the repeated level: it then
// begins one level higher and takes the second step's start as the third's. 0 <= step < steps.
[[nodiscard]] SigmaTable from_step(const SigmaTable& table, int step);
// The table up to a step, for a sampler that ends there, at a sigma above 0. 0 < step < steps.
[[nodiscard]] SigmaTable to_step(const SigmaTable& table, int step);

// The network's timestep for a request: the table's own at a level of the table, otherwise the schedule's.
[[nodiscard]] double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, const DenoiseRequest& request);

}  // namespace sfumato

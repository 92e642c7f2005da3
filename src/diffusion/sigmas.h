// The noise levels that a sampler visits.
#pragma once

#include <vector>

#include "diffusion/noise_schedule.h"
#include "sfumato/options.h"

namespace sfumato {

struct SigmaTable {
  std::vector<double>
      sigmas;  // descending, one more than there are steps; the last is where the sampler ends, mostly 0
  std::vector<double> timesteps;  // what the network is told at each sigma but the last
  double initial_scale = 1;       // x at sigmas[0] is standard normal noise times this
};

// The table of diffusers' scheduler of that name for the same configuration:
// ddim DDIMScheduler, pndm PNDMScheduler(skip_prk_steps), euler EulerDiscreteScheduler, euler_a
// EulerAncestralDiscreteScheduler, heun HeunDiscreteScheduler, dpm++2m DPMSolverMultistepScheduler; karras =
// use_karras_sigmas (Karras et al. 2022, eq. 5, rho 7). Requires supports(method, scheduler). Throws Error(usage) if
// the model's schedule has no room for so many steps.
[[nodiscard]] SigmaTable sigma_table(const NoiseSchedule& schedule, SamplingMethod method, Scheduler scheduler,
                                     int steps);

// What the network is told at a noise level: the table's own timestep where the level is one of the table's, else the
// schedule's.
[[nodiscard]] double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, double sigma);

}  // namespace sfumato

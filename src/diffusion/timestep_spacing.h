// Which training timesteps the discrete scheduler visits, as diffusers' schedulers space them.
#pragma once

#include <string>
#include <vector>

#include "api/sampler_info.h"
#include "bundle/model_config.h"

namespace sfumato {

// Throws Error(usage) that names `steps`, says `what` and asks for fewer unless `available` suffices.
void check_steps(int steps, int available, const std::string& what);

// Descending training timesteps (Lin et al. 2024, table 2), spaced by config.timestep_spacing. `whole`: rounded to
// whole timesteps with any spacing. Throws Error(usage) if there are fewer training timesteps than steps.
[[nodiscard]] std::vector<double> spaced_timesteps(const NoiseScheduleConfig& config, int steps, bool whole);

// The timesteps of the discrete scheduler for a sampler's rule. Throws Error(usage) as above.
[[nodiscard]] std::vector<double> discrete_timesteps(const NoiseScheduleConfig& config, TimestepRule rule, int steps);

}  // namespace sfumato

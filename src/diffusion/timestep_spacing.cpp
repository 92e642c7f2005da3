#include "diffusion/timestep_spacing.h"

#include <algorithm>
#include <cmath>

#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kConsistencySteps = 50;  // of the solver that latent consistency models are distilled from

}  // namespace

void check_steps(int steps, int available, const std::string& what) {
  if (steps <= available) return;
  throw Error(ErrorKind::usage, "`steps`: " + what + " Take fewer steps.");
}

std::vector<double> spaced_timesteps(const NoiseScheduleConfig& config, int steps, bool whole) {
  const int train = config.train_steps;
  check_steps(steps, train,
              "the model was trained on " + std::to_string(train) +
                  " timesteps; this sampling method needs at least one per step.");
  std::vector<double> timesteps;
  for (int i = 0; i < steps; ++i) {
    switch (config.timestep_spacing.value()) {
      case TimestepSpacing::leading:
        timesteps.push_back((steps - 1 - i) * (train / steps) + config.steps_offset);
        break;
      case TimestepSpacing::trailing:
        timesteps.push_back(std::nearbyint(train - i * (static_cast<double>(train) / steps)) - 1);
        break;
      case TimestepSpacing::linspace: {
        const double t = steps == 1 ? 0 : (steps - 1 - i) * (static_cast<double>(train - 1) / (steps - 1));
        timesteps.push_back(whole ? std::nearbyint(t) : t);
        break;
      }
    }
  }
  return timesteps;
}

namespace {

// DPMSolverMultistepScheduler spaces one timestep more and leaves out the lowest, except with trailing spacing.
std::vector<double> multistep_timesteps(const NoiseScheduleConfig& config, int steps) {
  if (config.timestep_spacing == TimestepSpacing::trailing) return spaced_timesteps(config, steps, true);
  std::vector<double> timesteps = spaced_timesteps(config, steps + 1, true);
  timesteps.pop_back();
  return timesteps;
}

// A subset of the timesteps that the consistency model was distilled at (Luo et al. 2023, section 4.3).
std::vector<double> consistency_timesteps(const NoiseScheduleConfig& config, int steps) {
  const int original = std::min(kConsistencySteps, config.train_steps);
  check_steps(steps, original, "lcm takes at most " + std::to_string(original) + " steps with this scheduler.");
  std::vector<double> timesteps;
  for (int i = 0; i < steps; ++i) {
    const int skipped = static_cast<int>(std::floor(i * (static_cast<double>(original) / steps)));
    timesteps.push_back((original - skipped) * (config.train_steps / original) - 1);
  }
  return timesteps;
}

}  // namespace

std::vector<double> discrete_timesteps(const NoiseScheduleConfig& config, TimestepRule rule, int steps) {
  switch (rule) {
    case TimestepRule::training:
      return spaced_timesteps(config, steps, true);
    case TimestepRule::consistency:
      return consistency_timesteps(config, steps);
    case TimestepRule::multistep:
      return multistep_timesteps(config, steps);
    case TimestepRule::other:
      break;
  }
  return spaced_timesteps(config, steps, false);
}

}  // namespace sfumato

#include "diffusion/sigmas.h"

#include <algorithm>
#include <cmath>

#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr double kRho = 7;  // Karras et al. 2022, section 3

// Descending training timesteps (Lin et al. 2024, table 2). `whole`: rounded to whole timesteps where the spacing does
// not give them.
std::vector<double> spaced_timesteps(const NoiseScheduleConfig& config, int steps, bool whole) {
  const int train = config.train_steps;
  std::vector<double> timesteps;
  for (int i = 0; i < steps; ++i) {
    switch (config.timestep_spacing) {
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

// DPMSolverMultistepScheduler counts one timestep more and leaves out the lowest, except when trailing.
std::vector<double> spaced_timesteps_of_dpm(const NoiseScheduleConfig& config, int steps) {
  if (config.timestep_spacing == TimestepSpacing::trailing) return spaced_timesteps(config, steps, true);
  std::vector<double> timesteps = spaced_timesteps(config, steps + 1, true);
  timesteps.pop_back();
  return timesteps;
}

std::vector<double> karras_sigmas(double sigma_min, double sigma_max, int steps) {
  const double low = std::pow(sigma_min, 1 / kRho);
  const double high = std::pow(sigma_max, 1 / kRho);
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) {
    const double ramp = steps == 1 ? 0 : static_cast<double>(i) / (steps - 1);
    sigmas.push_back(std::pow(high + ramp * (low - high), kRho));
  }
  return sigmas;
}

// x_t itself is standard normal at the start, so x = x_t / sqrt(alpha) has this standard deviation.
double variance_preserving_scale(double sigma) { return std::sqrt(1 + sigma * sigma); }

// diffusers' Euler family starts at sigma itself, unless timesteps are leading.
double euler_scale(const NoiseScheduleConfig& config, double sigma) {
  return config.timestep_spacing == TimestepSpacing::leading ? variance_preserving_scale(sigma) : sigma;
}

void check_room(const NoiseScheduleConfig& config, int evaluated) {
  if (evaluated <= config.train_steps) return;
  throw Error(ExitCode::usage,
              "--steps: the model was trained on " + std::to_string(config.train_steps) +
                  " timesteps; this sampling method needs at least one for each step. Take fewer steps.");
}

}  // namespace

SigmaTable sigma_table(const NoiseSchedule& schedule, SamplingMethod method, Scheduler scheduler, int steps) {
  const NoiseScheduleConfig& config = schedule.config();
  const bool dpm = method == SamplingMethod::dpmpp_2m;
  const bool on_training_timesteps = method == SamplingMethod::ddim || method == SamplingMethod::pndm;
  SigmaTable table;

  if (dpm && scheduler == Scheduler::karras) {
    table.sigmas = karras_sigmas(schedule.sigma_min(), schedule.sigma_max(), steps);
    for (const double sigma : table.sigmas) table.timesteps.push_back(std::nearbyint(schedule.timestep(sigma)));
  } else {
    check_room(config, dpm ? steps + 1 : steps);
    table.timesteps =
        dpm ? spaced_timesteps_of_dpm(config, steps) : spaced_timesteps(config, steps, on_training_timesteps);
    for (const double t : table.timesteps) table.sigmas.push_back(schedule.sigma(t));
    if (scheduler == Scheduler::karras) {
      table.sigmas = karras_sigmas(table.sigmas.back(), table.sigmas.front(), steps);
      for (int i = 0; i < steps; ++i)
        table.timesteps[static_cast<std::size_t>(i)] = schedule.timestep(table.sigmas[static_cast<std::size_t>(i)]);
    }
  }
  const double first = table.sigmas.front();
  table.initial_scale = dpm || on_training_timesteps ? variance_preserving_scale(first) : euler_scale(config, first);
  table.sigmas.push_back(on_training_timesteps && !config.set_alpha_to_one ? schedule.sigma_min() : 0);
  return table;
}

double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, double sigma) {
  const auto end = table.sigmas.end() - 1;
  const auto found = std::find(table.sigmas.begin(), end, sigma);
  if (found == end) return schedule.timestep(sigma);
  return table.timesteps[static_cast<std::size_t>(found - table.sigmas.begin())];
}

}  // namespace sfumato

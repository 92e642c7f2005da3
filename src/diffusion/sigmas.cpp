#include "diffusion/sigmas.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "api/sampler_info.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr double kRho = 7;             // Karras et al. 2022, section 3
constexpr int kConsistencySteps = 50;  // of the solver that latent consistency models are distilled from
constexpr double kPureNoise = 0x1p40;  // stands for an infinite sigma: latents vanish next to it in float32

void check_steps(int steps, int available, const std::string& what) {
  if (steps <= available) return;
  throw Error(ErrorKind::usage, "`steps`: " + what + " Take fewer steps.");
}

// A spacing can lead beyond the last training timestep, where sigma no longer rises.
void check_descending(const std::vector<double>& sigmas) {
  if (std::ranges::adjacent_find(sigmas, std::less_equal()) == sigmas.end()) return;
  throw Error(ErrorKind::usage, "`steps`: the model's schedule does not have " + std::to_string(sigmas.size()) +
                                    " different noise levels. Take fewer steps.");
}

// Descending training timesteps (Lin et al. 2024, table 2). `whole`: rounded to whole timesteps with any spacing.
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

std::vector<double> uniform_timesteps(const NoiseScheduleConfig& config, int steps) {
  std::vector<double> timesteps;
  for (int i = 0; i < steps; ++i) {
    timesteps.push_back((config.train_steps - 1) * (static_cast<double>(steps - i) / steps));
  }
  return timesteps;
}

// Linear in log sigma between training timesteps: the inverse of NoiseSchedule::timestep.
double log_interpolated_sigma(const NoiseSchedule& schedule, double timestep) {
  const double low = std::floor(timestep), w = timestep - low;
  return std::pow(schedule.sigma(low), 1 - w) * std::pow(schedule.sigma(low + 1), w);
}

double ramp_at(int i, int steps) { return steps == 1 ? 0 : static_cast<double>(i) / (steps - 1); }

std::vector<double> karras_sigmas(double from, double to, int steps) {
  const double high = std::pow(from, 1 / kRho), low = std::pow(to, 1 / kRho);
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) sigmas.push_back(std::pow(high + ramp_at(i, steps) * (low - high), kRho));
  return sigmas;
}

std::vector<double> exponential_sigmas(double from, double to, int steps) {
  const double high = std::log(from), low = std::log(to);
  std::vector<double> sigmas;
  for (int i = 0; i < steps; ++i) sigmas.push_back(std::exp(high + ramp_at(i, steps) * (low - high)));
  return sigmas;
}

// The network's timestep at a sigma between training timesteps, rounded as by the method's scheduler in diffusers.
double network_timestep(double timestep, const SamplerInfo& sampler, Scheduler scheduler) {
  if (scheduler == Scheduler::karras && sampler.rounds_karras_timesteps) return std::nearbyint(timestep);
  if (scheduler == Scheduler::exponential && sampler.timesteps == TimestepRule::multistep) return std::floor(timestep);
  return timestep;
}

// sigmas and timesteps, without the sigma where the sampler ends.
SigmaTable levels(const NoiseSchedule& schedule, const NoiseScheduleConfig& config, const GenerateOptions& o) {
  const SamplerInfo& sampler = info_of(o.sampling_method);
  SigmaTable table;
  if (!o.sigmas.empty()) {
    table.sigmas.assign(o.sigmas.begin(), o.sigmas.begin() + steps_of(o.sigmas));
    for (const double sigma : table.sigmas) table.timesteps.push_back(schedule.timestep(sigma));
    return table;
  }
  if (o.scheduler == Scheduler::discrete) {
    table.timesteps = discrete_timesteps(config, sampler.timesteps, o.steps);
    for (const double t : table.timesteps) table.sigmas.push_back(schedule.sigma(t));
    return table;
  }
  if (o.scheduler == Scheduler::sgm_uniform) {
    table.timesteps = uniform_timesteps(config, o.steps);
    for (const double t : table.timesteps) table.sigmas.push_back(log_interpolated_sigma(schedule, t));
    return table;
  }
  double from = schedule.sigma_max(), to = schedule.sigma_min();
  if (sampler.timesteps != TimestepRule::multistep) {
    const std::vector<double> timesteps = spaced_timesteps(config, o.steps, false);
    from = schedule.sigma(timesteps.front());
    to = schedule.sigma(timesteps.back());
  }
  table.sigmas =
      o.scheduler == Scheduler::karras ? karras_sigmas(from, to, o.steps) : exponential_sigmas(from, to, o.steps);
  for (const double sigma : table.sigmas) {
    table.timesteps.push_back(network_timestep(schedule.timestep(sigma), sampler, o.scheduler));
  }
  return table;
}

std::vector<StepTarget> targets(const NoiseSchedule& schedule, const SigmaTable& table) {
  const int steps = static_cast<int>(table.timesteps.size());
  const int stride = schedule.config().train_steps / steps;
  std::vector<StepTarget> result;
  for (std::size_t i = 0; i < table.timesteps.size(); ++i) {
    const double below = table.timesteps[i] - stride;
    result.push_back({.from = schedule.sigma(table.timesteps[i] + stride),
                      .to = below < 0 ? table.sigmas.back() : schedule.sigma(below)});
  }
  return result;
}

void repeat_second_level(SigmaTable& table) {
  table.sigmas.insert(table.sigmas.begin() + 1, table.sigmas[1]);
  table.timesteps.insert(table.timesteps.begin() + 1, table.timesteps[1]);
  table.targets.insert(table.targets.begin() + 1, table.targets[1]);
}

// x_t is standard normal at the start, so x = x_t / sqrt(alpha) has this standard deviation.
double variance_preserving_scale(double sigma) { return std::sqrt(1 + sigma * sigma); }

// diffusers' Euler family starts at sigma itself, unless the spacing is leading.
double initial_scale(const NoiseScheduleConfig& config, const GenerateOptions& o, double sigma) {
  const bool at_sigma = info_of(o.sampling_method).timesteps == TimestepRule::other &&
                        o.scheduler != Scheduler::sgm_uniform && config.timestep_spacing != TimestepSpacing::leading;
  return at_sigma ? sigma : variance_preserving_scale(sigma);
}

}  // namespace

SigmaTable sigma_table(const NoiseSchedule& schedule, const GenerateOptions& options) {
  NoiseScheduleConfig config = schedule.config();
  const SamplerInfo& sampler = info_of(options.sampling_method);
  // What neither the picture nor the model says is the sampler's own, as with from_config() in diffusers.
  if (!config.timestep_spacing) config.timestep_spacing = sampler.diffusers.timestep_spacing;
  if (options.timestep_spacing) config.timestep_spacing = options.timestep_spacing;
  SigmaTable table = levels(schedule, config, options);
  check_descending(table.sigmas);

  const bool discrete = options.scheduler == Scheduler::discrete && options.sigmas.empty();
  const bool steps_on_alphas =
      sampler.timesteps == TimestepRule::training || sampler.timesteps == TimestepRule::consistency;
  if (config.rescale_betas_zero_snr && steps_on_alphas && discrete &&
      table.timesteps.front() == config.train_steps - 1) {
    table.sigmas.front() = kPureNoise;
  }
  table.initial_scale = initial_scale(config, options, table.sigmas.front());
  table.sigmas.push_back(sampler.strided && !config.set_alpha_to_one ? schedule.sigma_min() : 0);
  if (sampler.strided) table.targets = targets(schedule, table);
  if (sampler.evaluations == EvaluationRule::first_twice && options.steps > 1) repeat_second_level(table);
  return table;
}

SigmaTable from_step(const SigmaTable& table, int step) {
  SigmaTable rest = table;
  rest.sigmas.erase(rest.sigmas.begin(), rest.sigmas.begin() + step);
  rest.timesteps.erase(rest.timesteps.begin(), rest.timesteps.begin() + step);
  if (!rest.targets.empty()) rest.targets.erase(rest.targets.begin(), rest.targets.begin() + step);
  rest.initial_scale = rest.sigmas.front();
  return rest;
}

double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, const DenoiseRequest& request) {
  const auto end = table.sigmas.end() - 1;
  const auto found = request.between ? end : std::find(table.sigmas.begin(), end, request.sigma);
  if (found == end) return schedule.timestep(request.sigma);
  return table.timesteps[static_cast<std::size_t>(found - table.sigmas.begin())];
}

}  // namespace sfumato

#include "diffusion/sigmas.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

#include "api/sampler_info.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr double kPureNoise = 0x1p40;  // stands for an infinite sigma: latents vanish next to it in float32

// A spacing can lead beyond the last training timestep, where sigma no longer rises.
void check_descending(const std::vector<double>& sigmas) {
  if (std::ranges::adjacent_find(sigmas, std::less_equal()) == sigmas.end()) return;
  throw Error(ErrorKind::usage, "`steps`: the model's schedule does not have " + std::to_string(sigmas.size()) +
                                    " different noise levels. Take fewer steps.");
}

Levels levels_at_sigmas(const NoiseSchedule& schedule, const std::vector<double>& sigmas) {
  Levels levels;
  levels.sigmas.assign(sigmas.begin(), sigmas.begin() + steps_of(sigmas));
  for (const double sigma : levels.sigmas) levels.timesteps.push_back(schedule.timestep(sigma));
  return levels;
}

Levels levels_at_timesteps(const NoiseSchedule& schedule, const std::vector<double>& timesteps) {
  const int last = schedule.config().train_steps - 1;
  if (timesteps.front() > last) {
    std::ostringstream message;
    message << "`timesteps`: " << timesteps.front() << " is beyond the model's last timestep, " << last
            << ". Take lower ones.";
    throw Error(ErrorKind::usage, message.str());
  }
  Levels levels{.sigmas = {}, .timesteps = timesteps};
  for (const double t : timesteps) levels.sigmas.push_back(schedule.sigma(t));
  return levels;
}

// Without the sigma where the sampler ends.
Levels levels(const NoiseSchedule& schedule, const NoiseScheduleConfig& config, const GenerateOptions& o,
              AysLevels ays) {
  if (!o.sigmas.empty()) return levels_at_sigmas(schedule, o.sigmas);
  if (!o.timesteps.empty()) return levels_at_timesteps(schedule, o.timesteps);
  Levels levels = levels_of(o.scheduler, {.schedule = schedule,
                                          .config = config,
                                          .sampler = info_of(o.sampling_method),
                                          .steps = o.steps + (o.discard_penultimate ? 1 : 0),
                                          .rho = o.rho,
                                          .ays = ays});
  if (o.discard_penultimate) {
    levels.sigmas.pop_back();
    levels.timesteps.pop_back();
  }
  return levels;
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

// timestep floor((1 - eta) t) for the next timestep t (Zheng et al. 2024, algorithm 4; eta is their gamma).
std::vector<StepTarget> consistency_targets(const NoiseSchedule& schedule, const SigmaTable& table, double eta) {
  std::vector<StepTarget> result;
  for (std::size_t i = 0; i < table.timesteps.size(); ++i) {
    const double next = i + 1 < table.timesteps.size() ? table.timesteps[i + 1] : 0;
    result.push_back({.from = table.sigmas[i], .to = schedule.sigma(std::floor((1 - eta) * next))});
  }
  return result;
}

void repeat_second_level(SigmaTable& table) {
  table.sigmas.insert(table.sigmas.begin() + 1, table.sigmas[1]);
  table.timesteps.insert(table.timesteps.begin() + 1, table.timesteps[1]);
  if (!table.targets.empty()) table.targets.insert(table.targets.begin() + 1, table.targets[1]);
}

// x_t is standard normal at the start, so x = x_t / sqrt(alpha) has this standard deviation.
double variance_preserving_scale(double sigma) { return std::sqrt(1 + sigma * sigma); }

// diffusers' Euler family starts at sigma itself, unless the spacing is leading or the noise EDM.
double initial_scale(const NoiseScheduleConfig& config, const GenerateOptions& o, double sigma) {
  const bool at_sigma = info_of(o.sampling_method).timesteps == TimestepRule::other && info_of(o.scheduler).spaced &&
                        config.timestep_spacing != TimestepSpacing::leading && !config.edm;
  return at_sigma ? sigma : variance_preserving_scale(sigma);
}

}  // namespace

SigmaTable sigma_table(const NoiseSchedule& schedule, const GenerateOptions& options, AysLevels ays) {
  NoiseScheduleConfig config = schedule.config();
  const SamplerInfo& sampler = info_of(options.sampling_method);
  // What neither the picture nor the model says is the sampler's own, as with from_config() in diffusers.
  if (!config.timestep_spacing) config.timestep_spacing = sampler.diffusers.timestep_spacing;
  if (options.timestep_spacing) config.timestep_spacing = options.timestep_spacing;
  Levels chosen = levels(schedule, config, options, ays);
  SigmaTable table{.sigmas = std::move(chosen.sigmas), .timesteps = std::move(chosen.timesteps)};
  check_descending(table.sigmas);

  const bool discrete = options.scheduler == Scheduler::discrete && options.sigmas.empty();
  const bool steps_on_alphas =
      sampler.timesteps == TimestepRule::training || sampler.timesteps == TimestepRule::consistency;
  if (config.rescale_betas_zero_snr && steps_on_alphas && discrete &&
      table.timesteps.front() == config.train_steps - 1) {
    table.sigmas.front() = kPureNoise;
  }
  table.initial_scale = initial_scale(config, options, table.sigmas.front());
  table.whole = {.lowest = table.sigmas.back(),
                 .highest = table.sigmas.front(),
                 .steps = static_cast<int>(table.timesteps.size())};
  const bool stays_noisy = sampler.ends_at_sigma_min || (sampler.strided && !config.set_alpha_to_one);
  table.sigmas.push_back(stays_noisy ? std::min(schedule.sigma_min(), table.whole.lowest) : 0);
  if (sampler.strided && options.timesteps.empty()) table.targets = targets(schedule, table);
  if (options.sampling_method == SamplingMethod::tcd) table.targets = consistency_targets(schedule, table, options.eta);
  if (sampler.evaluations == EvaluationRule::first_twice && table.timesteps.size() > 1) repeat_second_level(table);
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

SigmaTable to_step(const SigmaTable& table, int step) {
  const auto steps = static_cast<std::size_t>(step);
  SigmaTable beginning = table;
  beginning.ends = false;
  beginning.sigmas.resize(steps + 1);
  beginning.timesteps.resize(steps);
  if (!beginning.targets.empty()) beginning.targets.resize(steps);
  return beginning;
}

double timestep_at(const SigmaTable& table, const NoiseSchedule& schedule, const DenoiseRequest& request) {
  const auto end = table.sigmas.end() - 1;
  const auto found = request.between ? end : std::find(table.sigmas.begin(), end, request.sigma);
  if (found == end) return schedule.timestep(request.sigma);
  return table.timesteps[static_cast<std::size_t>(found - table.sigmas.begin())];
}

}  // namespace sfumato

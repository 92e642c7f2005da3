#include "diffusion/schedules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "api/enum_table.h"
#include "diffusion/beta_distribution.h"
#include "diffusion/timestep_spacing.h"

namespace sfumato {
namespace {

using In = const ScheduleRequest&;

constexpr double kKarrasRho = 7;        // Karras et al. 2022, section 3
constexpr double kBeta = 0.6;           // both shapes, Lee et al. 2024
constexpr double kLinearShare = 0.025;  // of sigma_max that linear_quadratic's first half goes down
constexpr std::array kAysSd1 = {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029};
constexpr std::array kAysSdxl = {14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029};

int last_timestep(In in) { return in.config.train_steps - 1; }

// i steps of `steps - 1`: from 0 to 1.
double ramp_at(int i, int steps) { return steps == 1 ? 0 : static_cast<double>(i) / (steps - 1); }

// From the first timestep of the model, at share 0, to its last.
double timestep_at(In in, double share) {
  const double first = in.schedule.first_timestep();
  return first + (in.schedule.last_timestep() - first) * share;
}

// value(i) for each step.
template <typename Function>
std::vector<double> each_step(In in, const Function& value) {
  std::vector<double> values;
  for (int i = 0; i < in.steps; ++i) values.push_back(value(i));
  return values;
}

// Linear in sigma between training timesteps, as diffusers.
Levels at_timesteps(In in, std::vector<double> timesteps) {
  Levels levels;
  for (const double t : timesteps) levels.sigmas.push_back(in.schedule.sigma(t));
  levels.timesteps = std::move(timesteps);
  return levels;
}

// Linear in log sigma between whole ones, as k-diffusion: the inverse of NoiseSchedule::timestep. That of EDM noise is
// linear everywhere.
Levels at_fractional_timesteps(In in, std::vector<double> timesteps) {
  Levels levels;
  for (const double t : timesteps) {
    const double low = std::floor(t), w = t - low;
    levels.sigmas.push_back(std::pow(in.schedule.sigma(low), 1 - w) * std::pow(in.schedule.sigma(low + 1), w));
  }
  levels.timesteps = std::move(timesteps);
  return levels;
}

Levels at_sigmas(In in, std::vector<double> sigmas) {
  Levels levels;
  for (const double sigma : sigmas) levels.timesteps.push_back(in.schedule.timestep(sigma));
  levels.sigmas = std::move(sigmas);
  return levels;
}

// What diffusers' karras, exponential and beta span.
struct Ends {
  double from = 0;
  double to = 0;
};

Ends spaced_ends(In in) {
  if (in.sampler.timesteps == TimestepRule::multistep || in.config.edm)
    return {in.schedule.sigma_max(), in.schedule.sigma_min()};
  const std::vector<double> timesteps = spaced_timesteps(in.config, in.steps, false);
  return {in.schedule.sigma(timesteps.front()), in.schedule.sigma(timesteps.back())};
}

// diffusers' multistep classes cut the network's timesteps to whole ones.
Levels with_cut_timesteps(In in, Levels levels) {
  if (in.sampler.timesteps == TimestepRule::multistep && !in.config.edm) {
    for (double& t : levels.timesteps) t = std::floor(t);
  }
  return levels;
}

Levels discrete(In in) { return at_timesteps(in, discrete_timesteps(in.config, in.sampler.timesteps, in.steps)); }

Levels karras(In in) {
  const auto [from, to] = spaced_ends(in);
  const double rho = in.rho.value_or(kKarrasRho);
  const double high = std::pow(from, 1 / rho), low = std::pow(to, 1 / rho);
  Levels levels =
      at_sigmas(in, each_step(in, [&](int i) { return std::pow(high + ramp_at(i, in.steps) * (low - high), rho); }));
  if (in.sampler.rounds_karras_timesteps && !in.config.edm) {
    for (double& t : levels.timesteps) t = std::nearbyint(t);
  }
  return levels;
}

Levels exponential(In in) {
  const auto [from, to] = spaced_ends(in);
  const double high = std::log(from), low = std::log(to);
  return with_cut_timesteps(
      in, at_sigmas(in, each_step(in, [&](int i) { return std::exp(high + ramp_at(i, in.steps) * (low - high)); })));
}

Levels beta(In in) {
  const auto [from, to] = spaced_ends(in);
  return with_cut_timesteps(in, at_sigmas(in, each_step(in, [&](int i) {
                                            return to + beta_quantile(1 - ramp_at(i, in.steps), kBeta) * (from - to);
                                          })));
}

Levels sgm_uniform(In in) {
  return at_fractional_timesteps(
      in, each_step(in, [&](int i) { return timestep_at(in, static_cast<double>(in.steps - i) / in.steps); }));
}

Levels normal(In in) {
  return at_fractional_timesteps(in, each_step(in, [&](int i) { return timestep_at(in, 1 - ramp_at(i, in.steps)); }));
}

Levels simple(In in) {
  const double stride = static_cast<double>(in.config.train_steps) / in.steps;
  return at_timesteps(in, each_step(in, [&](int i) { return last_timestep(in) - std::trunc(i * stride); }));
}

Levels ddim_uniform(In in) {
  const int stride = std::max(in.config.train_steps / in.steps, 1);
  std::vector<double> timesteps;
  for (int t = 1; t <= last_timestep(in); t += stride) timesteps.push_back(t);
  std::ranges::reverse(timesteps);
  return at_timesteps(in, std::move(timesteps));
}

Levels beta_timesteps(In in) {
  std::vector<double> timesteps = each_step(in, [&](int i) {
    return std::nearbyint(beta_quantile(1 - static_cast<double>(i) / in.steps, kBeta) * last_timestep(in));
  });
  timesteps.erase(std::unique(timesteps.begin(), timesteps.end()), timesteps.end());
  return at_timesteps(in, std::move(timesteps));
}

Levels turbo(In in) {
  NoiseScheduleConfig trailing = in.config;
  trailing.timestep_spacing = TimestepSpacing::trailing;
  return at_timesteps(in, spaced_timesteps(trailing, in.steps, true));
}

Levels kl_optimal(In in) {
  const double high = std::atan(in.schedule.sigma_max()), low = std::atan(in.schedule.sigma_min());
  return at_sigmas(in, each_step(in, [&](int i) { return std::tan(high + ramp_at(i, in.steps) * (low - high)); }));
}

Levels polyexponential(In in) {
  const double high = std::log(in.schedule.sigma_max()), low = std::log(in.schedule.sigma_min());
  const double rho = in.rho.value_or(1);
  return at_sigmas(
      in, each_step(in, [&](int i) { return std::exp(low + std::pow(1 - ramp_at(i, in.steps), rho) * (high - low)); }));
}

Levels ays(In in) {
  const std::span<const double> published = in.ays == AysLevels::sdxl ? std::span(kAysSdxl) : std::span(kAysSd1);
  return at_sigmas(in, each_step(in, [&](int i) {
                     const double at = static_cast<double>(i) / in.steps * static_cast<double>(published.size() - 1);
                     const auto low = static_cast<std::size_t>(at);
                     const double w = at - static_cast<double>(low);
                     return std::pow(published[low], 1 - w) * std::pow(published[low + 1], w);
                   }));
}

Levels linear_quadratic(In in) {
  const double linear = std::max(in.steps / 2, 1), quadratic = in.steps - linear;
  const double missing = linear - kLinearShare * in.steps;  // how far below a line the first half ends
  const double square = missing / (linear * quadratic * quadratic);
  const double slope = kLinearShare / linear - 2 * missing / (quadratic * quadratic);
  return at_sigmas(in, each_step(in, [&](int i) {
                     const double done =
                         i < linear ? i * kLinearShare / linear : square * i * i + slope * i + square * linear * linear;
                     return (1 - done) * in.schedule.sigma_max();
                   }));
}

struct ScheduleFunction {
  Scheduler scheduler;
  Levels (*levels)(In in);
};

constexpr std::array kFunctions = std::to_array<ScheduleFunction>({
    {Scheduler::discrete, &discrete},
    {Scheduler::karras, &karras},
    {Scheduler::exponential, &exponential},
    {Scheduler::sgm_uniform, &sgm_uniform},
    {Scheduler::simple, &simple},
    {Scheduler::normal, &normal},
    {Scheduler::ddim_uniform, &ddim_uniform},
    {Scheduler::beta, &beta},
    {Scheduler::beta_timesteps, &beta_timesteps},
    {Scheduler::kl_optimal, &kl_optimal},
    {Scheduler::polyexponential, &polyexponential},
    {Scheduler::ays, &ays},
    {Scheduler::linear_quadratic, &linear_quadratic},
    {Scheduler::turbo, &turbo},
});
static_assert(has_row_per_enumerator<kFunctions, &ScheduleFunction::scheduler>());

}  // namespace

Levels levels_of(Scheduler scheduler, const ScheduleRequest& request) {
  return kFunctions[static_cast<std::size_t>(scheduler)].levels(request);
}

}  // namespace sfumato

#include "diffusion/noise_schedule.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cumprod.h>
#include <ATen/ops/linspace.h>

#include <algorithm>
#include <cmath>

namespace sfumato {
namespace {

// In float32 as diffusers computes them, so that both see the same schedule to the last bit.
at::Tensor betas(const NoiseScheduleConfig& config) {
  const auto line = [&](double from, double to) { return at::linspace(from, to, config.train_steps, at::kFloat); };
  if (config.beta_schedule == BetaSchedule::linear) return line(config.beta_start, config.beta_end);
  return line(std::sqrt(config.beta_start), std::sqrt(config.beta_end)).square();
}

}  // namespace

NoiseSchedule::NoiseSchedule(const NoiseScheduleConfig& config) : config_(config) {
  const at::Tensor alphas = (1 - betas(config)).cumprod(0);
  for (int t = 0; t < config.train_steps; ++t) {
    const double alpha = alphas[t].item<float>();
    sigmas_.push_back(std::sqrt((1 - alpha) / alpha));
    log_sigmas_.push_back(std::log(sigmas_.back()));
  }
}

double NoiseSchedule::sigma(double timestep) const {
  const double t = std::clamp(timestep, 0.0, static_cast<double>(sigmas_.size() - 1));
  const auto low = std::min(static_cast<std::size_t>(t), sigmas_.size() - 2);
  const double w = t - static_cast<double>(low);
  return (1 - w) * sigmas_[low] + w * sigmas_[low + 1];
}

double NoiseSchedule::timestep(double sigma) const {
  const double wanted = std::log(std::max(sigma, 1e-10));
  const auto above = std::upper_bound(log_sigmas_.begin() + 1, log_sigmas_.end() - 1, wanted);
  const auto low = static_cast<std::size_t>(above - log_sigmas_.begin()) - 1;
  const double w = (wanted - log_sigmas_[low]) / (log_sigmas_[low + 1] - log_sigmas_[low]);
  return static_cast<double>(low) + std::clamp(w, 0.0, 1.0);
}

}  // namespace sfumato

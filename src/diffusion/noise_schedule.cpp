#include "diffusion/noise_schedule.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cumprod.h>
#include <ATen/ops/linspace.h>

#include <algorithm>
#include <cmath>

namespace sfumato {
namespace {

constexpr float kLeastAlpha = 0x1p-24F;  // instead of 0, so that sigma is finite: diffusers' EulerDiscreteScheduler

// In float32 and in diffusers' order of operations, so that both have the same schedule to the last bit.
at::Tensor trained_betas(const NoiseScheduleConfig& config) {
  const auto line = [&](double from, double to) { return at::linspace(from, to, config.train_steps, at::kFloat); };
  if (config.beta_schedule == BetaSchedule::linear) return line(config.beta_start, config.beta_end);
  return line(std::sqrt(config.beta_start), std::sqrt(config.beta_end)).square();
}

// Lin et al. 2024, algorithm 1: sqrt(alpha) shifted and scaled so that the last is 0 and the first unchanged.
at::Tensor zero_snr_betas(const at::Tensor& betas) {
  const at::Tensor root = (1 - betas).cumprod(0).sqrt();
  const at::Tensor first = root[0], last = root[-1];
  const at::Tensor alphas = ((root - last) * (first / (first - last))).square();
  return 1 - at::cat({alphas.narrow(0, 0, 1),
                      alphas.narrow(0, 1, alphas.size(0) - 1) / alphas.narrow(0, 0, alphas.size(0) - 1)});
}

}  // namespace

NoiseSchedule::NoiseSchedule(const NoiseScheduleConfig& config) : config_(config) {
  if (config.edm) return;
  const at::Tensor betas = trained_betas(config);
  const at::Tensor alphas = (1 - (config.rescale_betas_zero_snr ? zero_snr_betas(betas) : betas)).cumprod(0);
  for (int t = 0; t < config.train_steps; ++t) {
    const bool pure_noise = config.rescale_betas_zero_snr && t + 1 == config.train_steps;
    const float alpha = pure_noise ? kLeastAlpha : alphas[t].item<float>();
    const float sigma = std::sqrt((1 - alpha) / alpha);
    sigmas_.push_back(sigma);
    log_sigmas_.push_back(static_cast<float>(std::log(sigmas_.back())));
  }
}

double NoiseSchedule::sigma(double timestep) const {
  if (config_.edm) return std::exp(4 * timestep);
  const double t = std::clamp(timestep, 0.0, static_cast<double>(sigmas_.size() - 1));
  const auto low = std::min(static_cast<std::size_t>(t), sigmas_.size() - 2);
  const double w = t - static_cast<double>(low);
  return (1 - w) * sigmas_[low] + w * sigmas_[low + 1];
}

double NoiseSchedule::timestep(double sigma) const {
  const double log_sigma = std::log(std::max(sigma, 1e-10));
  if (config_.edm) return log_sigma / 4;
  const auto above = std::upper_bound(log_sigmas_.begin() + 1, log_sigmas_.end() - 1, log_sigma);
  const auto low = static_cast<std::size_t>(above - log_sigmas_.begin()) - 1;
  const double w = (log_sigma - log_sigmas_[low]) / (log_sigmas_[low + 1] - log_sigmas_[low]);
  return static_cast<double>(low) + std::clamp(w, 0.0, 1.0);
}

}  // namespace sfumato

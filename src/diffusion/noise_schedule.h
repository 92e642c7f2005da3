// The forward process of training: the noise level at each training timestep.
//
// In a variance-preserving model x_t = sqrt(alpha_t) x_0 + sqrt(1 - alpha_t) noise (Ho et al. 2020, eq. 4; alpha_t here
// is their alpha-bar). Samplers work on x_t / sqrt(alpha_t) = x_0 + sigma noise, sigma = sqrt((1 - alpha_t) / alpha_t)
// (Karras et al. 2022, table 1). scripts/training/schedule.py is the Python version of this file.
//
// With rescale_betas_zero_snr alpha_t is 0 at the last training timestep: x_t is pure noise and sigma infinite. Here
// alpha_t is 2^-24 there and sigma 4096, as in most of diffusers' schedulers.
#pragma once

#include <vector>

#include "bundle/model_config.h"

namespace sfumato {

class NoiseSchedule {
 public:
  explicit NoiseSchedule(const NoiseScheduleConfig& config);

  [[nodiscard]] const NoiseScheduleConfig& config() const { return config_; }
  // sigma at training timestep 0 and at the last one.
  [[nodiscard]] double sigma_min() const { return sigmas_.front(); }
  [[nodiscard]] double sigma_max() const { return sigmas_.back(); }
  // Linear between training timesteps, as numpy.interp; a timestep outside 0 .. train_steps - 1 is clamped.
  [[nodiscard]] double sigma(double timestep) const;
  // The inverse, linear in log sigma as k-diffusion's sigma_to_t; a sigma outside the schedule is clamped.
  [[nodiscard]] double timestep(double sigma) const;

 private:
  NoiseScheduleConfig config_;
  std::vector<double> sigmas_;  // of training timesteps 0, 1, ..., ascending
  std::vector<double> log_sigmas_;
};

}  // namespace sfumato

// The forward process of training: the noise level at each timestep of the network.
//
// In a variance-preserving model x_t = sqrt(alpha_t) x_0 + sqrt(1 - alpha_t) noise (Ho et al. 2020, eq. 4; alpha_t here
// is their alpha-bar). Samplers work on x_t / sqrt(alpha_t) = x_0 + sigma noise, sigma = sqrt((1 - alpha_t) / alpha_t)
// (Karras et al. 2022, table 1). scripts/training/schedule.py is the Python version of this file.
//
// With rescale_betas_zero_snr alpha_t is 0 at the last training timestep: x_t is pure noise and sigma infinite. Here
// alpha_t is 2^-24 there and sigma 4096, as in most of diffusers' schedulers.
//
// EDM noise has no training timesteps: any sigma from sigma_min to sigma_max, at timestep log(sigma) / 4 (Karras et al.
// 2022, table 1, c_noise).
#pragma once

#include <vector>

#include "bundle/model_config.h"

namespace sfumato {

class NoiseSchedule {
 public:
  explicit NoiseSchedule(const NoiseScheduleConfig& config);

  [[nodiscard]] const NoiseScheduleConfig& config() const { return config_; }
  // sigma at training timestep 0 and at the last one; of EDM noise its ends.
  [[nodiscard]] double sigma_min() const { return config_.edm ? config_.edm->sigma_min : sigmas_.front(); }
  [[nodiscard]] double sigma_max() const { return config_.edm ? config_.edm->sigma_max : sigmas_.back(); }
  // The timesteps of these two.
  [[nodiscard]] double first_timestep() const { return config_.edm ? timestep(sigma_min()) : 0; }
  [[nodiscard]] double last_timestep() const {
    return config_.edm ? timestep(sigma_max()) : static_cast<double>(sigmas_.size() - 1);
  }
  // Linear between training timesteps, as numpy.interp; a timestep outside 0 .. train_steps - 1 is clamped. Of EDM
  // noise its formula, at any timestep.
  [[nodiscard]] double sigma(double timestep) const;
  // The inverse, linear in log sigma as k-diffusion's sigma_to_t; a sigma outside the schedule is clamped, not of EDM
  // noise.
  [[nodiscard]] double timestep(double sigma) const;

 private:
  NoiseScheduleConfig config_;
  std::vector<double> sigmas_;  // of training timesteps 0, 1, ..., ascending; empty with EDM noise
  std::vector<double> log_sigmas_;
};

}  // namespace sfumato

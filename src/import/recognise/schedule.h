// The noise schedule of a model that is imported.
#pragma once

#include <string>
#include <vector>

#include "bundle/model_config.h"

namespace sfumato {

// The numbers of a bundle that follow from the schedule.
struct Schedule {
  NoiseScheduleConfig noise{};
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  std::vector<std::string> notes{};  // what was assumed or ignored, one line each
};

// The last training step is pure noise: drawn with euler along the discrete timesteps, the last one included (Lin et
// al. 2024, section 3.3). Karras' levels would spend most steps above the model's sigma of pure noise.
inline void end_in_noise(NoiseScheduleConfig& noise, SamplingMethod& method, Scheduler& scheduler) {
  noise.rescale_betas_zero_snr = true;
  noise.timestep_spacing = TimestepSpacing::trailing;
  method = SamplingMethod::euler;
  scheduler = Scheduler::discrete;
}

// Of CompVis' v1-inference.yaml; Stable Diffusion 2 and XL use the same.
inline constexpr NoiseScheduleConfig kStableDiffusionNoise = {.train_steps = 1000,
                                                              .beta_schedule = BetaSchedule::scaled_linear,
                                                              .beta_start = 0.00085,
                                                              .beta_end = 0.012,
                                                              .prediction_type = PredictionType::epsilon,
                                                              .steps_offset = 1};

}  // namespace sfumato

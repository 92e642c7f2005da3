// The noise levels of each scheduler: one function and one row each, in schedules.cpp.
//
// of diffusers, spaced by the model's timestep spacing:
//   discrete: the training timesteps of diffusion/timestep_spacing.h
//   karras: use_karras_sigmas (Karras et al. 2022, eq. 5); exponential: use_exponential_sigmas (equal steps of log
//   sigma); beta: use_beta_sigmas (sigma at the quantiles of Beta(0.6, 0.6)), which is AUTOMATIC1111's too. The three
//   span the spaced timesteps, or the whole schedule for the multistep methods. diffusers' classes for euler_a, lcm
//   and tcd have none of them; they take euler's.
// of k-diffusion, AUTOMATIC1111 and ComfyUI, over the model's whole schedule, with any method:
//   sgm_uniform: equal steps of the timestep from the last to the first, which is left out
//   normal: the same to the first; AUTOMATIC1111's Uniform and Normal
//   simple: whole timesteps at equal distances, counted from the last
//   ddim_uniform: every (train_steps / steps)th timestep, counted from the second; one level or more above `steps`
//   where steps does not divide the training timesteps, as in ComfyUI
//   beta_timesteps: ComfyUI's and stable-diffusion.cpp's beta: timesteps at the quantiles of Beta(0.6, 0.6) (Lee et al.
//   2024, arXiv:2407.12173). What rounds to one timestep is visited once, so there may be fewer levels than `steps`.
//   turbo: the timesteps of diffusers' trailing spacing, as sd-turbo and sdxl-turbo are distilled
//   kl_optimal: equal steps of arctan sigma, then 0 as in ComfyUI; AUTOMATIC1111 stops at the model's lowest sigma
//   polyexponential: log sigma linear in (1 - i / (n - 1))^rho
//   ays: Align Your Steps (Sabour et al. 2024, arXiv:2404.14507): the published levels for 10 steps, log-linear between
//   for others; AUTOMATIC1111 puts one level less between the ends and visits the last of them too
//   linear_quadratic: of Mochi, as in ComfyUI: linear over the first half of the steps to 0.975 sigma_max, then
//   quadratic
// EDM noise has sgm_uniform and normal along its own timesteps, log(sigma) / 4, and the schedules of sigmas, but not
// those of training timesteps (SchedulerInfo::training_timesteps). karras, exponential and beta span its whole range.
#pragma once

#include <optional>
#include <vector>

#include "api/sampler_info.h"
#include "diffusion/noise_schedule.h"

namespace sfumato {

// Whose published levels `ays` takes; other models than SDXL take those of Stable Diffusion 1.
enum class AysLevels { sd1, sdxl };

struct ScheduleRequest {
  const NoiseSchedule& schedule;
  NoiseScheduleConfig config;  // schedule.config() with the picture's timestep spacing
  const SamplerInfo& sampler;
  int steps = 0;
  std::optional<double> rho{};  // of karras (7) and polyexponential (1)
  AysLevels ays = AysLevels::sd1;
};

struct Levels {
  std::vector<double> sigmas;     // descending, above 0
  std::vector<double> timesteps;  // the network's timestep at each
};

// Requires a scheduler without training timesteps for EDM noise. Throws Error(usage) if the model's schedule has fewer
// timesteps than steps.
[[nodiscard]] Levels levels_of(Scheduler scheduler, const ScheduleRequest& request);

}  // namespace sfumato

// What is known of each sampling method and scheduler without Torch: one row each, in sampler_info.cpp. The functions
// of the samplers are bound in diffusion/samplers/samplers.cpp.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "sfumato/options.h"

namespace sfumato {

// How a method chooses the timesteps of its sigmas, after diffusers' four kinds of schedulers (diffusion/sigmas.cpp).
enum class TimestepRule {
  training,     // DDIM, PNDM, DDPM: whole training timesteps; defined on these only, so the scheduler is discrete
  consistency,  // LCM: some of the timesteps that latent consistency models are distilled at
  multistep,    // DPMSolverMultistep, UniPC: one timestep more, the lowest left out; schedules span sigma_max to
                // sigma_min
  other         // Euler and its relatives: timesteps need not be whole
};

// How many times a method evaluates the network in n steps to sigma 0.
enum class EvaluationRule {
  one,          // n
  two,          // 2n - 1: a stage between the two levels of every step but the last
  three,        // 3n - 3: two such stages, one in the step before the last; 1 if n is 1
  adaptive,     // as many as the error asks for; 3n is a guess
  first_twice,  // n + 1: the first step is done again with the estimate at its end; n if n is 1
};

// diffusers' scheduler class of a method, and the defaults of the class for what a scheduler_config.json leaves out.
// timestep_spacing is also that of the method in A1111, ComfyUI and stable-diffusion.cpp.
struct DiffusersScheduler {
  std::string_view class_name{};  // empty: diffusers has none
  std::string_view
      algorithm_type{};            // of a class with several methods: the value that means this one; empty: any other
  std::string_view solver_type{};  // likewise
  std::string_view edm_class_name{};  // the class for EDM noise; empty: diffusers has none
  TimestepSpacing timestep_spacing = TimestepSpacing::linspace;
  bool set_alpha_to_one = false;
  bool scaled_linear_betas = false;  // Stable Diffusion's, 0.00085 to 0.012; otherwise linear, 0.0001 to 0.02
};

// What AUTOMATIC1111 does with a method unless its picture says otherwise.
struct A1111Sampler {
  Scheduler automatic = Scheduler::normal;  // "Schedule type: Automatic"
  bool discards_penultimate = false;
  double eta = 1;  // where the method has one
};

struct SamplerInfo {
  SamplingMethod method;
  std::string_view name;                      // on the command line, in model.json and in pictures
  std::string_view a1111_name;                // in AUTOMATIC1111's `parameters` text
  std::array<std::string_view, 4> aliases{};  // of other programs: lower case, without spaces, '_' and '-'
  TimestepRule timesteps = TimestepRule::other;
  EvaluationRule evaluations = EvaluationRule::one;
  std::optional<double> default_eta{};   // absent: the method has no eta
  std::optional<SdeNoise> sde_noise{};   // where the options do not say it; absent: the method is no SDE solver
  bool churn = false;                    // it takes s_churn, s_tmin and s_tmax
  bool fresh_noise = false;              // it draws noise whatever eta and churn are
  bool unconditional = false;            // it asks for the unconditional estimate too
  bool ends_at_sigma_min = false;        // at the first training timestep's noise, as its reference does, not at 0
  bool strided = false;                  // steps by train_steps / steps timesteps (StepTarget), not to the next sigma
  bool training_timesteps = false;       // it steps by training timesteps, which EDM noise lacks
  bool rounds_karras_timesteps = false;  // the network gets whole timesteps with the karras scheduler
  DiffusersScheduler diffusers{};
  A1111Sampler a1111{};
};

struct SchedulerInfo {
  Scheduler scheduler;
  std::string_view name;
  std::string_view a1111_name;
  std::array<std::string_view, 1> aliases{};
  bool spaced = false;  // spans the timesteps of the timestep spacing, as in diffusers; otherwise the whole schedule
  bool training_timesteps = false;  // its levels are those of training timesteps, which EDM noise lacks
  bool uses_rho = false;
  std::string_view edm_name{};       // `sigma_schedule` of diffusers' EDM classes; empty: they do not have it
  std::string_view diffusers_key{};  // of scheduler_config.json, true where this one is used; empty: diffusers has none
};

// One row per enumerator, in the order of --help.
[[nodiscard]] std::span<const SamplerInfo> samplers();
[[nodiscard]] std::span<const SchedulerInfo> schedulers();

[[nodiscard]] const SamplerInfo& info_of(SamplingMethod method);
[[nodiscard]] const SchedulerInfo& info_of(Scheduler scheduler);

}  // namespace sfumato

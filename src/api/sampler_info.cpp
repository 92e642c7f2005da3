#include "api/sampler_info.h"

#include <algorithm>
#include <cstddef>

#include "api/enum_table.h"

namespace sfumato {
namespace {

// A new method is a row here, a row in diffusion/samplers/samplers.cpp and an enumerator, all at the same place.
// ComfyUI's names that end with gpu and stable-diffusion.cpp's that end with bt differ in their random numbers only.
constexpr std::array kSamplers = std::to_array<SamplerInfo>({
    {.method = SamplingMethod::ddim,
     .name = "ddim",
     .a1111_name = "DDIM",
     .timesteps = TimestepRule::training,
     .default_eta = 0,
     .strided = true,
     .training_timesteps = true,
     .diffusers = {.class_name = "DDIMScheduler",
                   .timestep_spacing = TimestepSpacing::leading,
                   .set_alpha_to_one = true},
     .a1111 = {.eta = 0}},
    {.method = SamplingMethod::pndm,
     .name = "pndm",
     .a1111_name = "PLMS",
     .aliases = {"kplms"},
     .timesteps = TimestepRule::training,
     .evaluations = EvaluationRule::first_twice,
     .strided = true,
     .training_timesteps = true,
     .diffusers = {.class_name = "PNDMScheduler", .timestep_spacing = TimestepSpacing::leading}},
    {.method = SamplingMethod::ddpm,
     .name = "ddpm",
     .a1111_name = "DDPM",
     .timesteps = TimestepRule::training,
     .fresh_noise = true,
     .training_timesteps = true,
     .diffusers = {.class_name = "DDPMScheduler", .timestep_spacing = TimestepSpacing::leading}},
    {.method = SamplingMethod::euler,
     .name = "euler",
     .a1111_name = "Euler",
     .aliases = {"keuler"},
     .churn = true,
     .diffusers = {.class_name = "EulerDiscreteScheduler", .edm_class_name = "EDMEulerScheduler"}},
    {.method = SamplingMethod::euler_a,
     .name = "euler_a",
     .a1111_name = "Euler a",
     .aliases = {"keulera", "eulerancestral", "keulerancestral"},
     .default_eta = 1,
     .diffusers = {.class_name = "EulerAncestralDiscreteScheduler"}},
    {.method = SamplingMethod::heun,
     .name = "heun",
     .a1111_name = "Heun",
     .aliases = {"kheun"},
     .evaluations = EvaluationRule::two,
     .churn = true,
     .diffusers = {.class_name = "HeunDiscreteScheduler"}},
    {.method = SamplingMethod::lms,
     .name = "lms",
     .a1111_name = "LMS",
     .aliases = {"klms"},
     .diffusers = {.class_name = "LMSDiscreteScheduler"}},
    {.method = SamplingMethod::dpm2,
     .name = "dpm2",
     .a1111_name = "DPM2",
     .aliases = {"kdpm2"},
     .evaluations = EvaluationRule::two,
     .churn = true,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "KDPM2DiscreteScheduler"},
     .a1111 = {.automatic = Scheduler::karras, .discards_penultimate = true}},
    {.method = SamplingMethod::dpm2_a,
     .name = "dpm2_a",
     .a1111_name = "DPM2 a",
     .aliases = {"kdpm2a", "dpm2ancestral", "kdpm2ancestral"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "KDPM2AncestralDiscreteScheduler"},
     .a1111 = {.automatic = Scheduler::karras, .discards_penultimate = true}},
    {.method = SamplingMethod::dpmpp_2s_a,
     .name = "dpm++2s_a",
     .a1111_name = "DPM++ 2S a",
     .aliases = {"dpmpp2sa", "dpmpp2sancestral", "kdpmpp2sa"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1,
     .a1111 = {.automatic = Scheduler::karras}},
    {.method = SamplingMethod::dpmpp_2m,
     .name = "dpm++2m",
     .a1111_name = "DPM++ 2M",
     .aliases = {"dpmpp2m", "kdpmpp2m", "dpmsolver++"},
     .timesteps = TimestepRule::multistep,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DPMSolverMultistepScheduler", .edm_class_name = "EDMDPMSolverMultistepScheduler"},
     .a1111 = {.automatic = Scheduler::karras}},
    {.method = SamplingMethod::dpmpp_2m_sde,
     .name = "dpm++2m_sde",
     .a1111_name = "DPM++ 2M SDE",
     .aliases = {"dpmpp2msde", "kdpmpp2msde", "dpmpp2msdegpu", "dpm++2msdebt"},
     .timesteps = TimestepRule::multistep,
     .default_eta = 1,
     .sde_noise = SdeNoise::independent,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DPMSolverMultistepScheduler",
                   .algorithm_type = "sde-dpmsolver++",
                   .edm_class_name = "EDMDPMSolverMultistepScheduler"},
     .a1111 = {.automatic = Scheduler::exponential}},
    {.method = SamplingMethod::dpmpp_sde,
     .name = "dpm++sde",
     .a1111_name = "DPM++ SDE",
     .aliases = {"dpmppsde", "kdpmppsde", "dpmppsdegpu"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1,
     .sde_noise = SdeNoise::brownian,
     .diffusers = {.class_name = "DPMSolverSDEScheduler"},
     .a1111 = {.automatic = Scheduler::karras}},
    {.method = SamplingMethod::unipc,
     .name = "unipc",
     .a1111_name = "UniPC",
     .aliases = {"unipcbh2"},
     .timesteps = TimestepRule::multistep,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "UniPCMultistepScheduler"}},
    {.method = SamplingMethod::lcm,
     .name = "lcm",
     .a1111_name = "LCM",
     .timesteps = TimestepRule::consistency,
     .fresh_noise = true,
     .diffusers = {.class_name = "LCMScheduler",
                   .timestep_spacing = TimestepSpacing::leading,
                   .set_alpha_to_one = true,
                   .scaled_linear_betas = true}},
    {.method = SamplingMethod::dpmpp_3m_sde,
     .name = "dpm++3m_sde",
     .a1111_name = "DPM++ 3M SDE",
     .aliases = {"dpmpp3msde", "kdpmpp3msde", "dpmpp3msdegpu"},
     .timesteps = TimestepRule::multistep,
     .default_eta = 1,
     .sde_noise = SdeNoise::brownian,
     .rounds_karras_timesteps = true,
     .a1111 = {.automatic = Scheduler::exponential, .discards_penultimate = true}},
    {.method = SamplingMethod::dpmpp_2m_sde_heun,
     .name = "dpm++2m_sde_heun",
     .a1111_name = "DPM++ 2M SDE Heun",
     .aliases = {"dpmpp2msdeheun", "kdpmpp2msdeheun", "dpmpp2msdeheungpu"},
     .timesteps = TimestepRule::multistep,
     .default_eta = 1,
     .sde_noise = SdeNoise::independent,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DPMSolverMultistepScheduler",
                   .algorithm_type = "sde-dpmsolver++",
                   .solver_type = "heun",
                   .edm_class_name = "EDMDPMSolverMultistepScheduler"},
     .a1111 = {.automatic = Scheduler::exponential}},
    {.method = SamplingMethod::euler_cfg_pp,
     .name = "euler_cfg_pp",
     .a1111_name = "Euler CFG++",
     .aliases = {"eulercfg++"},
     .unconditional = true},
    {.method = SamplingMethod::euler_a_cfg_pp,
     .name = "euler_a_cfg_pp",
     .a1111_name = "Euler a CFG++",
     .aliases = {"eulerancestralcfgpp", "euleracfg++"},
     .default_eta = 1,
     .unconditional = true},
    {.method = SamplingMethod::deis,
     .name = "deis",
     .a1111_name = "DEIS",
     .timesteps = TimestepRule::multistep,
     .ends_at_sigma_min = true,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DEISMultistepScheduler"}},
    {.method = SamplingMethod::ipndm, .name = "ipndm", .a1111_name = "IPNDM"},
    {.method = SamplingMethod::ipndm_v, .name = "ipndm_v", .a1111_name = "IPNDM_V"},
    {.method = SamplingMethod::heunpp2,
     .name = "heunpp2",
     .a1111_name = "HeunPP2",
     .aliases = {"heun++2", "heunpp"},
     .evaluations = EvaluationRule::three,
     .churn = true},
    {.method = SamplingMethod::tcd,
     .name = "tcd",
     .a1111_name = "TCD",
     .timesteps = TimestepRule::consistency,
     .default_eta = 0.3,
     .ends_at_sigma_min = true,
     .training_timesteps = true,
     .diffusers = {.class_name = "TCDScheduler",
                   .timestep_spacing = TimestepSpacing::leading,
                   .set_alpha_to_one = true,
                   .scaled_linear_betas = true},
     .a1111 = {.eta = 0.3}},
    {.method = SamplingMethod::res_multistep, .name = "res_multistep", .a1111_name = "Res Multistep"},
    {.method = SamplingMethod::gradient_estimation,
     .name = "gradient_estimation",
     .a1111_name = "Gradient Estimation",
     .aliases = {"eulerge"}},
    {.method = SamplingMethod::er_sde, .name = "er_sde", .a1111_name = "ER SDE", .fresh_noise = true},
    {.method = SamplingMethod::sa_solver,
     .name = "sa_solver",
     .a1111_name = "SA Solver",
     .timesteps = TimestepRule::multistep,
     .fresh_noise = true,
     .ends_at_sigma_min = true,
     .training_timesteps = true,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "SASolverScheduler"}},
    {.method = SamplingMethod::restart,
     .name = "restart",
     .a1111_name = "Restart",
     .evaluations = EvaluationRule::two,
     .fresh_noise = true,
     .a1111 = {.automatic = Scheduler::karras}},
    {.method = SamplingMethod::dpm_fast,
     .name = "dpm_fast",
     .a1111_name = "DPM fast",
     .aliases = {"kdpmfast"},
     .default_eta = 0,
     .ends_at_sigma_min = true},
    {.method = SamplingMethod::dpm_adaptive,
     .name = "dpm_adaptive",
     .a1111_name = "DPM adaptive",
     .aliases = {"kdpmad", "kdpmadaptive"},
     .evaluations = EvaluationRule::adaptive,
     .default_eta = 0,
     .ends_at_sigma_min = true},
});
static_assert(has_row_per_enumerator<kSamplers, &SamplerInfo::method>());

// A new scheduler is a row here, a row in diffusion/schedules.cpp and an enumerator, all at the same place. Both
// `discrete` and `normal` are written as A1111's Normal, which is read as `normal`.
constexpr std::array kSchedulers = std::to_array<SchedulerInfo>({
    {.scheduler = Scheduler::discrete,
     .name = "discrete",
     .a1111_name = "Normal",
     .spaced = true,
     .training_timesteps = true},
    {.scheduler = Scheduler::karras,
     .name = "karras",
     .a1111_name = "Karras",
     .spaced = true,
     .uses_rho = true,
     .edm_name = "karras",
     .diffusers_key = "use_karras_sigmas"},
    {.scheduler = Scheduler::exponential,
     .name = "exponential",
     .a1111_name = "Exponential",
     .spaced = true,
     .edm_name = "exponential",
     .diffusers_key = "use_exponential_sigmas"},
    {.scheduler = Scheduler::sgm_uniform, .name = "sgm_uniform", .a1111_name = "SGM Uniform"},
    {.scheduler = Scheduler::simple, .name = "simple", .a1111_name = "Simple", .training_timesteps = true},
    {.scheduler = Scheduler::normal, .name = "normal", .a1111_name = "Normal", .aliases = {"uniform"}},
    {.scheduler = Scheduler::ddim_uniform, .name = "ddim_uniform", .a1111_name = "DDIM", .training_timesteps = true},
    {.scheduler = Scheduler::beta,
     .name = "beta",
     .a1111_name = "Beta",
     .spaced = true,
     .diffusers_key = "use_beta_sigmas"},
    {.scheduler = Scheduler::beta_timesteps,
     .name = "beta_timesteps",
     .a1111_name = "Beta timesteps",
     .training_timesteps = true},
    {.scheduler = Scheduler::kl_optimal, .name = "kl_optimal", .a1111_name = "KL Optimal"},
    {.scheduler = Scheduler::polyexponential,
     .name = "polyexponential",
     .a1111_name = "Polyexponential",
     .uses_rho = true},
    {.scheduler = Scheduler::ays, .name = "ays", .a1111_name = "Align Your Steps", .training_timesteps = true},
    {.scheduler = Scheduler::linear_quadratic, .name = "linear_quadratic", .a1111_name = "Linear Quadratic"},
    {.scheduler = Scheduler::turbo,
     .name = "turbo",
     .a1111_name = "Turbo",
     .aliases = {"sdturbo"},
     .training_timesteps = true},
});
static_assert(has_row_per_enumerator<kSchedulers, &SchedulerInfo::scheduler>());

template <typename Enum, typename Info, std::size_t kRows>
constexpr std::array<Named<Enum>, kRows> names_in(const std::array<Info, kRows>& table, Enum Info::* value) {
  std::array<Named<Enum>, kRows> result{};
  for (std::size_t i = 0; i < kRows; ++i) result[i] = {.value = table[i].*value, .name = table[i].name};
  return result;
}

constexpr std::array kSamplerNames = names_in(kSamplers, &SamplerInfo::method);
constexpr std::array kSchedulerNames = names_in(kSchedulers, &SchedulerInfo::scheduler);

}  // namespace

std::span<const SamplerInfo> samplers() { return kSamplers; }
std::span<const SchedulerInfo> schedulers() { return kSchedulers; }

const SamplerInfo& info_of(SamplingMethod method) { return kSamplers[static_cast<std::size_t>(method)]; }
const SchedulerInfo& info_of(Scheduler scheduler) { return kSchedulers[static_cast<std::size_t>(scheduler)]; }

template <>
std::span<const Named<SamplingMethod>> names<SamplingMethod>() {
  return kSamplerNames;
}
template <>
std::span<const Named<Scheduler>> names<Scheduler>() {
  return kSchedulerNames;
}

bool uses_eta(SamplingMethod method) { return info_of(method).default_eta.has_value(); }

double default_eta(SamplingMethod method) { return info_of(method).default_eta.value_or(0); }

std::optional<SdeNoise> default_sde_noise(SamplingMethod method) { return info_of(method).sde_noise; }

bool supports(SamplingMethod method, Scheduler scheduler) {
  return scheduler == Scheduler::discrete || info_of(method).timesteps != TimestepRule::training;
}

bool uses_timestep_spacing(SamplingMethod method, Scheduler scheduler) {
  const TimestepRule rule = info_of(method).timesteps;
  if (rule == TimestepRule::multistep) return scheduler == Scheduler::discrete;  // others span the whole schedule
  if (rule == TimestepRule::consistency && scheduler == Scheduler::discrete) return false;  // it has its own timesteps
  return info_of(scheduler).spaced;
}

int evaluations(SamplingMethod method, int steps) {
  const EvaluationRule rule = info_of(method).evaluations;
  if (rule == EvaluationRule::two) return 2 * steps - 1;
  if (rule == EvaluationRule::three) return std::max(3 * steps - 3, 1);
  if (rule == EvaluationRule::adaptive) return 3 * steps;
  return rule == EvaluationRule::first_twice && steps > 1 ? steps + 1 : steps;
}

}  // namespace sfumato

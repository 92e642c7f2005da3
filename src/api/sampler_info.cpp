#include "api/sampler_info.h"

#include <cstddef>

#include "api/enum_table.h"

namespace sfumato {
namespace {

// A new method is a row here, a row in diffusion/samplers.cpp and an enumerator, all at the same place.
constexpr std::array kSamplers = std::to_array<SamplerInfo>({
    {.method = SamplingMethod::ddim,
     .name = "ddim",
     .a1111_name = "DDIM",
     .timesteps = TimestepRule::training,
     .default_eta = 0,
     .strided = true,
     .diffusers = {.class_name = "DDIMScheduler",
                   .timestep_spacing = TimestepSpacing::leading,
                   .set_alpha_to_one = true}},
    {.method = SamplingMethod::pndm,
     .name = "pndm",
     .a1111_name = "PLMS",
     .aliases = {"kplms"},
     .timesteps = TimestepRule::training,
     .evaluations = EvaluationRule::first_twice,
     .strided = true,
     .diffusers = {.class_name = "PNDMScheduler", .timestep_spacing = TimestepSpacing::leading}},
    {.method = SamplingMethod::ddpm,
     .name = "ddpm",
     .a1111_name = "DDPM",
     .timesteps = TimestepRule::training,
     .diffusers = {.class_name = "DDPMScheduler", .timestep_spacing = TimestepSpacing::leading}},
    {.method = SamplingMethod::euler,
     .name = "euler",
     .a1111_name = "Euler",
     .aliases = {"keuler"},
     .diffusers = {.class_name = "EulerDiscreteScheduler"}},
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
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "KDPM2DiscreteScheduler"}},
    {.method = SamplingMethod::dpm2_a,
     .name = "dpm2_a",
     .a1111_name = "DPM2 a",
     .aliases = {"kdpm2a", "dpm2ancestral", "kdpm2ancestral"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "KDPM2AncestralDiscreteScheduler"}},
    {.method = SamplingMethod::dpmpp_2s_a,
     .name = "dpm++2s_a",
     .a1111_name = "DPM++ 2S a",
     .aliases = {"dpmpp2sa", "dpmpp2sancestral", "kdpmpp2sa"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1},
    {.method = SamplingMethod::dpmpp_2m,
     .name = "dpm++2m",
     .a1111_name = "DPM++ 2M",
     .aliases = {"dpmpp2m", "kdpmpp2m", "dpmsolver++"},
     .timesteps = TimestepRule::multistep,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DPMSolverMultistepScheduler"}},
    {.method = SamplingMethod::dpmpp_2m_sde,
     .name = "dpm++2m_sde",
     .a1111_name = "DPM++ 2M SDE",
     .aliases = {"dpmpp2msde", "kdpmpp2msde"},
     .timesteps = TimestepRule::multistep,
     .default_eta = 1,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "DPMSolverMultistepScheduler", .algorithm_type = "sde-dpmsolver++"}},
    {.method = SamplingMethod::dpmpp_sde,
     .name = "dpm++sde",
     .a1111_name = "DPM++ SDE",
     .aliases = {"dpmppsde", "kdpmppsde"},
     .evaluations = EvaluationRule::two,
     .default_eta = 1,
     .diffusers = {.class_name = "DPMSolverSDEScheduler"}},
    {.method = SamplingMethod::unipc,
     .name = "unipc",
     .a1111_name = "UniPC",
     .timesteps = TimestepRule::multistep,
     .rounds_karras_timesteps = true,
     .diffusers = {.class_name = "UniPCMultistepScheduler"}},
    {.method = SamplingMethod::lcm,
     .name = "lcm",
     .a1111_name = "LCM",
     .timesteps = TimestepRule::consistency,
     .diffusers = {.class_name = "LCMScheduler",
                   .timestep_spacing = TimestepSpacing::leading,
                   .set_alpha_to_one = true,
                   .scaled_linear_betas = true}},
});
static_assert(has_row_per_enumerator<kSamplers, &SamplerInfo::method>());

constexpr std::array kSchedulers = std::to_array<SchedulerInfo>({
    {.scheduler = Scheduler::discrete, .name = "discrete", .a1111_name = "Normal", .aliases = {"uniform"}},
    {.scheduler = Scheduler::karras, .name = "karras", .a1111_name = "Karras", .diffusers_key = "use_karras_sigmas"},
    {.scheduler = Scheduler::exponential,
     .name = "exponential",
     .a1111_name = "Exponential",
     .diffusers_key = "use_exponential_sigmas"},
    {.scheduler = Scheduler::sgm_uniform, .name = "sgm_uniform", .a1111_name = "SGM Uniform"},
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

bool supports(SamplingMethod method, Scheduler scheduler) {
  return scheduler == Scheduler::discrete || info_of(method).timesteps != TimestepRule::training;
}

bool uses_timestep_spacing(SamplingMethod method, Scheduler scheduler) {
  const TimestepRule rule = info_of(method).timesteps;
  if (rule == TimestepRule::multistep) return scheduler == Scheduler::discrete;  // others span the whole schedule
  if (rule == TimestepRule::consistency && scheduler == Scheduler::discrete) return false;  // it has its own timesteps
  return scheduler != Scheduler::sgm_uniform;
}

int evaluations(SamplingMethod method, int steps) {
  const EvaluationRule rule = info_of(method).evaluations;
  if (rule == EvaluationRule::two) return 2 * steps - 1;
  return rule == EvaluationRule::first_twice && steps > 1 ? steps + 1 : steps;
}

}  // namespace sfumato

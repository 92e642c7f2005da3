#include "diffusion/samplers/samplers.h"

#include <array>
#include <utility>

#include "api/enum_table.h"
#include "api/sampler_info.h"
#include "diffusion/samplers/adams.h"
#include "diffusion/samplers/dpm_solver.h"
#include "diffusion/samplers/dpmpp.h"
#include "diffusion/samplers/euler.h"
#include "diffusion/samplers/exponential.h"
#include "diffusion/samplers/heun.h"

namespace sfumato {
namespace {

// What sample() passes to a sampler; each row of the table takes what its function needs.
struct Start {
  at::Tensor x;
  std::vector<double> sigmas;
  std::vector<double> timesteps;
  std::vector<StepTarget> targets;
  int steps = 0;     // of the whole table
  bool ends = true;  // the last step is the whole table's
  double eta = 0;
  ChurnOptions churn;
  Noise noise;
  PredictionType type{};
};
using In = const Start&;

struct SamplerFunction {
  SamplingMethod method;
  SamplerCoroutine (*start)(In in);
};

// One row per row of api/sampler_info.cpp, in the same order.
constexpr std::array kFunctions = std::to_array<SamplerFunction>({
    {SamplingMethod::ddim, [](In in) { return sample_ddim(in.x, in.sigmas, in.targets, in.eta, in.noise); }},
    {SamplingMethod::pndm, [](In in) { return sample_pndm(in.x, in.sigmas, in.targets, in.type); }},
    {SamplingMethod::ddpm, [](In in) { return sample_ddim(in.x, in.sigmas, in.targets, 1, in.noise); }},
    {SamplingMethod::euler, [](In in) { return sample_euler(in.x, in.sigmas, 0, in.churn, in.noise); }},
    {SamplingMethod::euler_a, [](In in) { return sample_euler(in.x, in.sigmas, in.eta, {}, in.noise); }},
    {SamplingMethod::heun, [](In in) { return sample_heun(in.x, in.sigmas, in.churn, in.noise); }},
    {SamplingMethod::lms, [](In in) { return sample_lms(in.x, in.sigmas); }},
    {SamplingMethod::dpm2, [](In in) { return sample_dpm_2(in.x, in.sigmas, 0, in.churn, in.noise); }},
    {SamplingMethod::dpm2_a, [](In in) { return sample_dpm_2(in.x, in.sigmas, in.eta, {}, in.noise); }},
    {SamplingMethod::dpmpp_2s_a, [](In in) { return sample_dpmpp_2s(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_2m, [](In in) { return sample_dpmpp_2m(in.x, in.sigmas, 0, in.noise); }},
    {SamplingMethod::dpmpp_2m_sde, [](In in) { return sample_dpmpp_2m(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_sde, [](In in) { return sample_dpmpp_sde(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::unipc, [](In in) { return sample_unipc(in.x, in.sigmas); }},
    {SamplingMethod::lcm, [](In in) { return sample_lcm(in.x, in.sigmas, in.noise); }},
    {SamplingMethod::dpmpp_3m_sde, [](In in) { return sample_dpmpp_3m(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_2m_sde_heun, [](In in) { return sample_dpmpp_2m_heun(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::euler_cfg_pp, [](In in) { return sample_euler_cfg_pp(in.x, in.sigmas, 0, in.noise); }},
    {SamplingMethod::euler_a_cfg_pp, [](In in) { return sample_euler_cfg_pp(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::deis, [](In in) { return sample_deis(in.x, in.sigmas, in.steps, in.ends); }},
    {SamplingMethod::ipndm, [](In in) { return sample_ipndm(in.x, in.sigmas); }},
    {SamplingMethod::ipndm_v, [](In in) { return sample_ipndm_v(in.x, in.sigmas); }},
    {SamplingMethod::heunpp2, [](In in) { return sample_heunpp2(in.x, in.sigmas, in.churn, in.noise); }},
    {SamplingMethod::tcd, [](In in) { return sample_tcd(in.x, in.sigmas, in.targets, in.ends, in.noise); }},
    {SamplingMethod::res_multistep, [](In in) { return sample_res_multistep(in.x, in.sigmas); }},
    {SamplingMethod::gradient_estimation, [](In in) { return sample_gradient_estimation(in.x, in.sigmas); }},
    {SamplingMethod::er_sde, [](In in) { return sample_er_sde(in.x, in.sigmas, in.noise); }},
    {SamplingMethod::sa_solver,
     [](In in) { return sample_sa_solver(in.x, in.sigmas, in.timesteps, in.ends, in.noise); }},
    {SamplingMethod::restart, [](In in) { return sample_restart(in.x, in.sigmas, in.noise); }},
    {SamplingMethod::dpm_fast, [](In in) { return sample_dpm_fast(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpm_adaptive, [](In in) { return sample_dpm_adaptive(in.x, in.sigmas, in.eta, in.noise); }},
});
static_assert(has_row_per_enumerator<kFunctions, &SamplerFunction::method>());

// Steps from each level to the next.
std::vector<StepTarget> next_levels(const std::vector<double>& sigmas) {
  std::vector<StepTarget> targets;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    targets.push_back({.from = sigmas[i == 0 ? 0 : i - 1], .to = sigmas[i + 1]});
  }
  return targets;
}

}  // namespace

SamplerCoroutine sample(SamplingMethod method, at::Tensor x, const SigmaTable& table, double eta, Noise noise,
                        PredictionType type, const ChurnOptions& churn) {
  return kFunctions[static_cast<std::size_t>(method)].start(
      {.x = std::move(x),
       .sigmas = table.sigmas,
       .timesteps = table.timesteps,
       .targets = table.targets.empty() ? next_levels(table.sigmas) : table.targets,
       .steps = table.whole.steps,
       .ends = table.ends,
       .eta = eta,
       .churn = churn,
       .noise = std::move(noise),
       .type = type});
}

int evaluations(SamplingMethod method, const SigmaTable& table) {
  const int levels = static_cast<int>(table.sigmas.size()) - 1;
  const bool listed =
      info_of(method).evaluations == EvaluationRule::first_twice;  // the table has the second level twice
  return listed ? levels : evaluations(method, levels);
}

}  // namespace sfumato

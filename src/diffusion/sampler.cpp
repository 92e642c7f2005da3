#include "diffusion/sampler.h"

namespace sfumato {
namespace {

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
                        PredictionType type) {
  const std::vector<double>& sigmas = table.sigmas;
  const std::vector<StepTarget> targets = table.targets.empty() ? next_levels(sigmas) : table.targets;
  switch (method) {
    case SamplingMethod::ddim:
      return sample_ddim(std::move(x), sigmas, targets, eta, std::move(noise));
    case SamplingMethod::pndm:
      return sample_pndm(std::move(x), sigmas, targets, type);
    case SamplingMethod::ddpm:
      return sample_ddim(std::move(x), sigmas, targets, 1, std::move(noise));
    case SamplingMethod::euler:
      return sample_euler(std::move(x), sigmas, 0, std::move(noise));
    case SamplingMethod::euler_a:
      return sample_euler(std::move(x), sigmas, eta, std::move(noise));
    case SamplingMethod::heun:
      return sample_heun(std::move(x), sigmas);
    case SamplingMethod::lms:
      return sample_lms(std::move(x), sigmas);
    case SamplingMethod::dpm2:
      return sample_dpm_2(std::move(x), sigmas, 0, std::move(noise));
    case SamplingMethod::dpm2_a:
      return sample_dpm_2(std::move(x), sigmas, eta, std::move(noise));
    case SamplingMethod::dpmpp_2s_a:
      return sample_dpmpp_2s(std::move(x), sigmas, eta, std::move(noise));
    case SamplingMethod::dpmpp_2m:
      return sample_dpmpp_2m(std::move(x), sigmas, 0, std::move(noise));
    case SamplingMethod::dpmpp_2m_sde:
      return sample_dpmpp_2m(std::move(x), sigmas, eta, std::move(noise));
    case SamplingMethod::dpmpp_sde:
      return sample_dpmpp_sde(std::move(x), sigmas, eta, std::move(noise));
    case SamplingMethod::unipc:
      return sample_unipc(std::move(x), sigmas);
    case SamplingMethod::lcm:
      break;
  }
  return sample_lcm(std::move(x), sigmas, std::move(noise));
}

int evaluations(SamplingMethod method, const SigmaTable& table) {
  const int levels = static_cast<int>(table.sigmas.size()) - 1;
  return method == SamplingMethod::pndm ? levels : evaluations(method, levels);
}

}  // namespace sfumato

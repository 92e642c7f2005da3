// Samplers against k-diffusion's, from one start with one small network: scripts/golden/make_kdiffusion_golden.py made
// kdiffusion.safetensors, whose names say what a tensor is of.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/tanh.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "diffusion/run_sampling.h"
#include "diffusion/samplers/samplers.h"
#include "golden/golden_file.h"

namespace sfumato {
namespace {

constexpr std::uint64_t kSeed = 7;

const GoldenFile& golden() {
  static const GoldenFile file(std::filesystem::path(SFUMATO_GOLDEN_FILE).replace_filename("kdiffusion.safetensors"));
  return file;
}

const NoiseSchedule& schedule() {
  static const NoiseSchedule result(
      {.train_steps = 1000, .beta_schedule = BetaSchedule::scaled_linear, .beta_start = 0.00085, .beta_end = 0.012});
  return result;
}

at::Tensor denoised(const at::Tensor& x, double sigma) {
  const double t = schedule().timestep(sigma);
  const at::Tensor time =
      std::sin(t * 0.007) * golden().tensor("network.fast") + std::cos(t * 0.003) * golden().tensor("network.slow");
  const at::Tensor in = (x / std::sqrt(1 + sigma * sigma)).reshape({1, -1});
  const at::Tensor noise =
      at::tanh(at::matmul(in, golden().tensor("network.weight").t()) + golden().tensor("network.bias") + time);
  return x - sigma * noise.reshape(x.sizes());
}

// The first `levels` of the stored sigmas, and 0.
SigmaTable table(std::size_t levels) {
  const at::Tensor stored = golden().tensor("sigmas");
  SigmaTable result;
  for (std::size_t i = 0; i < levels; ++i) {
    result.sigmas.push_back(stored[static_cast<std::int64_t>(i)].item<float>());
    result.timesteps.push_back(schedule().timestep(result.sigmas.back()));
  }
  result.whole = {.lowest = result.sigmas.back(), .highest = result.sigmas.front(), .steps = static_cast<int>(levels)};
  result.sigmas.push_back(0);
  return result;
}

void compare(GenerateOptions options, const std::string& name, double tolerance = 1e-4, std::size_t levels = 14) {
  options.seed = kSeed;
  options.sde_noise = default_sde_noise(options.sampling_method) ? std::optional(SdeNoise::brownian) : std::nullopt;
  const SigmaTable levels_there = table(levels);
  const auto source = std::make_shared<NoiseSource>(kSeed, std::vector<std::int64_t>{1, 2, 4, 4}, at::kCPU);
  const at::Tensor x = levels_there.sigmas.front() * source->draw();
  const at::Tensor result =
      run_sampling(sample(options.sampling_method, x, levels_there, options.eta,
                          noise_of(options, levels_there, source), PredictionType::epsilon, options.churn),
                   denoised);
  const at::Tensor expected = golden().tensor(name);
  const double error = ((result - expected).abs().max() / expected.abs().max()).item<double>();
  EXPECT_LT(error, tolerance) << name;
  ::testing::Test::RecordProperty(name, std::to_string(error * 1e6) + "e-6");
}

TEST(KDiffusion, ChurnsAsOurSamplersDo) {
  const ChurnOptions churn{.amount = 6};
  compare({.sampling_method = SamplingMethod::euler, .churn = churn, .s_noise = 1.01}, "euler/0/churn");
  compare({.sampling_method = SamplingMethod::heun, .churn = churn, .s_noise = 1.01}, "heun/0/churn");
  compare({.sampling_method = SamplingMethod::dpm2, .churn = churn, .s_noise = 1.01}, "dpm_2/0/churn");
}

TEST(KDiffusion, ScalesFreshNoiseAsOurSamplersDo) {
  compare({.sampling_method = SamplingMethod::euler_a, .eta = 1, .s_noise = 0.9}, "euler_ancestral/1.0/noise");
}

TEST(KDiffusion, HasOurDpmSolvers) {
  compare({.sampling_method = SamplingMethod::dpm_fast}, "dpm_fast/0.0/plain");
  compare({.sampling_method = SamplingMethod::dpm_fast, .eta = 0.6}, "dpm_fast/0.6/plain");
  compare({.sampling_method = SamplingMethod::dpm_fast}, "dpm_fast/0.0/12", 1e-4, 12);
  compare({.sampling_method = SamplingMethod::dpm_fast}, "dpm_fast/0.0/13", 1e-4, 13);
  compare({.sampling_method = SamplingMethod::dpm_adaptive}, "dpm_adaptive/0.0/plain", 1e-3);
  compare({.sampling_method = SamplingMethod::dpm_adaptive, .eta = 0.6}, "dpm_adaptive/0.6/plain", 1e-3);
}

TEST(KDiffusion, HasOurStochasticSolversOnTheirBrownianPath) {
  compare({.sampling_method = SamplingMethod::dpmpp_sde, .eta = 1}, "dpmpp_sde/1.0/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_sde, .eta = 0.5}, "dpmpp_sde/0.5/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_2m_sde, .eta = 1}, "dpmpp_2m_sde/1.0/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_2m_sde, .eta = 0.5}, "dpmpp_2m_sde/0.5/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_2m_sde_heun, .eta = 1}, "dpmpp_2m_sde_heun/1.0/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_3m_sde, .eta = 1}, "dpmpp_3m_sde/1.0/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_3m_sde, .eta = 0.5}, "dpmpp_3m_sde/0.5/plain");
  compare({.sampling_method = SamplingMethod::dpmpp_3m_sde}, "dpmpp_3m_sde/0.0/plain");
}

}  // namespace
}  // namespace sfumato

// Samplers and sigma tables against diffusers' schedulers, leading one start with one small network:
// scripts/golden/make_sampler_golden.py made samplers.safetensors. A tensor's name says what it is of.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/full.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/tanh.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>

#include "api/sampler_info.h"
#include "diffusion/engine.h"
#include "diffusion/noise.h"
#include "diffusion/samplers/samplers.h"
#include "golden/golden_file.h"

namespace sfumato {
namespace {

const GoldenFile& golden() {
  static const GoldenFile file(std::filesystem::path(SFUMATO_GOLDEN_FILE).replace_filename("samplers.safetensors"));
  return file;
}

// DPMSolverSDEScheduler with torchsde: scripts/golden/make_kdiffusion_golden.py.
const GoldenFile& golden_with_torchsde() {
  static const GoldenFile file(std::filesystem::path(SFUMATO_GOLDEN_FILE).replace_filename("kdiffusion.safetensors"));
  return file;
}

at::Tensor network(const UnetInput& input) {
  const at::Tensor t = input.timesteps;
  const at::Tensor time =
      at::sin(t * 0.007) * golden().tensor("network.fast") + at::cos(t * 0.003) * golden().tensor("network.slow");
  const at::Tensor x = at::matmul(input.latents.reshape({1, -1}), golden().tensor("network.weight").t());
  return at::tanh(x + golden().tensor("network.bias") + time).reshape(input.latents.sizes());
}

struct Case {
  NoiseScheduleConfig config;
  GenerateOptions options;
  std::optional<int> left_out{};  // steps, with a picture to start from
  bool masked = false;
};

// METHOD/ETA/PREDICTION/SPACING/SCHEDULER/SNR/STEPS, or with img2img/ or inpaint/ before it and /LEFT_OUT behind it
Case case_named(const std::string& name) {
  std::istringstream words(name);
  std::string method, eta, prediction, spacing, scheduler, snr, steps, kind, left_out;
  const bool from_picture = name.starts_with("img2img/") || name.starts_with("inpaint/");
  if (from_picture) std::getline(words, kind, '/');
  for (std::string* word : {&method, &eta, &prediction, &spacing, &scheduler, &snr, &steps}) {
    std::getline(words, *word, '/');
  }
  std::getline(words, left_out, '/');
  Case c{.config = {.train_steps = 1000,
                    .beta_schedule = BetaSchedule::scaled_linear,
                    .beta_start = 0.00085,
                    .beta_end = 0.012,
                    .prediction_type = prediction == "epsilon"        ? PredictionType::epsilon
                                       : prediction == "v_prediction" ? PredictionType::v_prediction
                                                                      : PredictionType::sample,
                    .steps_offset = 1,
                    .rescale_betas_zero_snr = snr == "zero"},
         .options = {.steps = std::stoi(steps),
                     .sampling_method = value_of<SamplingMethod>(method).value(),
                     .scheduler = value_of<Scheduler>(scheduler).value_or(Scheduler::discrete)}};
  c.config.timestep_spacing = value_of<TimestepSpacing>(spacing).value();
  if (scheduler == "given") c.options.sigmas = {14.6, 6, 2.5, 1, 0.3};
  // samplers.safetensors has no torchsde: its stochastic solvers draw plain numbers.
  if (default_sde_noise(c.options.sampling_method)) c.options.sde_noise = SdeNoise::independent;
  c.options.eta = uses_eta(c.options.sampling_method) ? std::stod(eta) : 0;
  if (from_picture) c.left_out = std::stoi(left_out);
  c.masked = kind == "inpaint";
  return c;
}

at::Tensor latents_of(const Case& c) {
  const NoiseSchedule schedule(c.config);
  const Denoiser denoiser(network, c.config.prediction_type);
  SigmaTable table = sigma_table(schedule, c.options);
  if (c.left_out) table = from_step(table, *c.left_out);
  const auto noise = std::make_shared<NoiseSource>(7, std::vector<std::int64_t>{1, 2, 4, 4}, at::kCPU);
  const at::Tensor first = noise->draw();
  at::Tensor x = table.initial_scale * first;
  if (c.left_out) x = x + golden().tensor("picture");
  InpaintBlend blend;
  if (c.masked) blend = {.latents = golden().tensor("picture"), .noise = first, .mask = golden().tensor("mask")};
  at::Tensor latents;
  Engine engine(denoiser, schedule, 1);
  engine.add({.task = {.sampling = sample(c.options.sampling_method, x, table, c.options.eta,
                                          noise_of(c.options, table, noise), c.config.prediction_type),
                       .table = table,
                       .guidance = {.positive = Conditioning{.context = at::full({1, 1, 1}, 0.0), .pooled = {}},
                                    .negative = {},
                                    .cfg_scale = 1},
                       .blend = blend},
              .on_evaluation = [](const at::Tensor&) { return true; },
              .on_finished = [&](const at::Tensor& result) { latents = result; },
              .on_failed = [](const Error& error) { throw error; }});
  while (!engine.idle()) engine.round();
  return latents;
}

class Schedulers : public ::testing::TestWithParam<SamplingMethod> {};

void compare_all(const std::string& begin, int least) {
  std::map<std::string, double> largest;  // relative error, of each sigma schedule
  int cases = 0;
  for (const auto& [name, stored] : golden().all()) {
    if (!name.starts_with(begin)) continue;
    const Case c = case_named(name);
    const at::Tensor expected = golden().tensor(name);
    const double error = ((latents_of(c) - expected).abs().max() / expected.abs().max()).item<double>();
    EXPECT_LT(error, 1e-4) << name;
    double& most = largest[std::string(name_of(c.options.scheduler))];
    most = std::max(most, error);
    ++cases;
  }
  EXPECT_GE(cases, least);
  for (const auto& [scheduler, error] : largest) {
    ::testing::Test::RecordProperty(begin + scheduler, std::to_string(error * 1e6) + "e-6");
  }
}

// Methods that diffusers does not have, but for a reference of dpm++2s_a in the script.
bool is_in_diffusers(SamplingMethod method) { return !info_of(method).diffusers.class_name.empty(); }

TEST_P(Schedulers, LeadWhereDiffusersDo) {
  if (!is_in_diffusers(GetParam()) && GetParam() != SamplingMethod::dpmpp_2s_a) GTEST_SKIP() << "diffusers has none";
  compare_all(std::string(name_of(GetParam())) + "/", 9);
}

TEST_P(Schedulers, LeadFromAPictureWhereDiffusersDo) {
  if (!is_in_diffusers(GetParam())) GTEST_SKIP() << "diffusers has none";
  if (GetParam() == SamplingMethod::lms)
    GTEST_SKIP() << "diffusers' begins with coefficients of slopes that it has not";
  compare_all("img2img/" + std::string(name_of(GetParam())) + "/", 9);
}

TEST_P(Schedulers, LeadIntoAPictureWhereDiffusersDo) {
  if (!is_in_diffusers(GetParam())) GTEST_SKIP() << "diffusers has none";
  switch (GetParam()) {
    case SamplingMethod::lms:
      GTEST_SKIP() << "diffusers' begins wrongly";
    case SamplingMethod::dpm2:
    case SamplingMethod::dpm2_a:
    case SamplingMethod::dpmpp_sde:
      GTEST_SKIP() << "diffusers puts the noise of another level on the unmasked part at a stage between two levels "
                      "(inpaint_blend.h)";
    default:
      compare_all("inpaint/" + std::string(name_of(GetParam())) + "/", 9);
  }
}

TEST(DpmppSde, LeadsWhereDiffusersDoOnABrownianPath) {
  int compared = 0;
  for (const auto& [name, stored] : golden_with_torchsde().all()) {
    if (!name.starts_with("diffusers/")) continue;
    Case c = case_named(name.substr(10));
    c.options.sde_noise = SdeNoise::brownian;
    c.options.seed = 7;
    const at::Tensor expected = golden_with_torchsde().tensor(name);
    EXPECT_LT(((latents_of(c) - expected).abs().max() / expected.abs().max()).item<double>(), 1e-4) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 8);
}

std::vector<SamplingMethod> all_methods() {
  std::vector<SamplingMethod> methods;
  for (const auto& entry : names<SamplingMethod>()) methods.push_back(entry.value);
  return methods;
}

INSTANTIATE_TEST_SUITE_P(All, Schedulers, ::testing::ValuesIn(all_methods()), [](const auto& c) {
  std::string name;
  for (const char letter : name_of(c.param)) name += letter == '+' ? 'p' : letter;
  return name;
});

}  // namespace
}  // namespace sfumato

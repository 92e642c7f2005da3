// The whole flow against diffusers, on the default model: scripts/golden/make_golden.py made golden.safetensors with
// the same weights in float32.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "bundle/bundle_folder.h"
#include "diffusion/engine.h"
#include "diffusion/noise.h"
#include "diffusion/samplers/samplers.h"
#include "golden/golden_file.h"
#include "nn/network.h"
#include "sfumato/generator.h"
#include "test_bundle.h"
#include "text/text_encoder.h"

namespace sfumato {
namespace {

constexpr const char* kPrompt = "a smiling cat, 3D style";

const GoldenFile& golden() {
  static const GoldenFile values(SFUMATO_GOLDEN_FILE);
  return values;
}

const std::shared_ptr<const Bundle>& model() {
  static const std::shared_ptr<const Bundle> bundle = std::make_shared<const BundleFolder>(test_bundle());
  return bundle;
}

Runtime runtime() { return start_runtime({.device = "cpu", .dtype = Dtype::float32}); }

const Generator& generator() {
  static const Generator loaded(model(), {.device = "cpu", .dtype = Dtype::float32});
  return loaded;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(Golden, TokensAreSentencepieces) {
  const Tokens tokens = tokenize(parse_weights(kPrompt), *open_tokenizer(*model()), model()->config().tokenizer);
  ASSERT_EQ(tokens.chunks.size(), 1u);
  const std::vector<std::int64_t>& found = tokens.chunks.front().ids;
  const StoredTensor& wanted = golden().stored("tokens");
  std::vector<std::int32_t> ids(wanted.bytes.size() / sizeof(std::int32_t));
  std::memcpy(ids.data(), wanted.bytes.data(), wanted.bytes.size());
  EXPECT_TRUE(std::equal(ids.begin(), ids.end(), found.begin(), found.end()));
}

TEST(Golden, ConditioningIsTransformers) {
  const at::Tensor words = TextEncoder(*model(), runtime()).encode(kPrompt, /*clip_skip=*/1, Weighting::a1111).context;
  EXPECT_LT(largest_difference(words, golden().tensor("conditioning")), 1e-4);
}

TEST(Golden, NoiseIsDiffusers) {
  NoiseSource source(42, {1, 8, 16, 16}, at::kCPU);
  EXPECT_TRUE(source.draw().equal(golden().tensor("noise")));
}

TEST(Golden, UnetIsDiffusers) {
  const Network unet(*model(), NetworkKind::unet, runtime());
  const at::Tensor timestep = at::full({1}, 500.0);
  const at::Tensor found = unet_of(unet)(
      {.latents = golden().tensor("noise"), .timesteps = timestep, .context = golden().tensor("conditioning")});
  EXPECT_LT(largest_difference(found, golden().tensor("unet")), 1e-4);
}

struct Case {
  std::string name;
  SamplingMethod method;
  Scheduler scheduler;
  double eta = 0;
};

GenerateOptions options_of(const Case& c) {
  GenerateOptions options = default_options(*model());
  options.prompt = kPrompt;
  options.negative_prompt = "a blue background";
  options.seed = 42;
  options.steps = 9;
  options.cfg_scale = 4;
  options.sampling_method = c.method;
  options.scheduler = c.scheduler;
  options.eta = c.eta;
  return options;
}

// What Generator does up to the decoder.
at::Tensor latents_of(const GenerateOptions& o) {
  const c10::InferenceMode inference;
  const Bundle& bundle = *model();
  const PredictionType prediction = bundle.config().noise_schedule.prediction_type;
  const NoiseSchedule schedule(bundle.config().noise_schedule);
  const TextEncoder text_encoder(bundle, runtime());
  const Network unet(bundle, NetworkKind::unet, runtime());
  const Denoiser denoiser(unet_of(unet), prediction);
  const SigmaTable table = sigma_table(schedule, o);
  const auto noise = std::make_shared<NoiseSource>(o.seed, std::vector<std::int64_t>{1, 8, 16, 16}, at::kCPU);
  const at::Tensor x = table.initial_scale * noise->draw();
  at::Tensor latents;
  Engine engine(denoiser, schedule, 1);
  engine.add({.task = {.sampling = sample(
                           o.sampling_method, x, table, o.eta, [noise] { return noise->draw(); }, prediction),
                       .table = table,
                       .guidance = {.positive = text_encoder.encode(o.prompt, o.clip_skip, o.weighting),
                                    .negative = text_encoder.encode(o.negative_prompt, o.clip_skip, o.weighting),
                                    .cfg_scale = o.cfg_scale}},
              .on_evaluation = [](const at::Tensor&) { return true; },
              .on_finished = [&](const at::Tensor& result) { latents = result; },
              .on_failed = [](const Error& error) { throw error; }});
  while (!engine.idle()) engine.round();
  return latents;
}

class GoldenSampler : public ::testing::TestWithParam<Case> {};

TEST_P(GoldenSampler, LatentsAreDiffusers) {
  const at::Tensor wanted = golden().tensor("latents." + GetParam().name);
  const at::Tensor found = latents_of(options_of(GetParam()));
  EXPECT_LT(largest_difference(found, wanted), 1e-3 * wanted.abs().max().item<double>());
}

int largest_difference(const Image& found, const StoredTensor& wanted) {
  if (found.rgb.size() != wanted.bytes.size()) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < wanted.bytes.size(); ++i) {
    largest = std::max(largest, std::abs(std::to_integer<int>(wanted.bytes[i]) - static_cast<int>(found.rgb[i])));
  }
  return largest;
}

TEST_P(GoldenSampler, EveryPixelIsDiffusersWithinOne) {
  const Image found = generator().generate(options_of(GetParam()));
  EXPECT_LE(largest_difference(found, golden().stored("picture." + GetParam().name)), 1);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenSampler,
                         ::testing::Values(Case{"ddim", SamplingMethod::ddim, Scheduler::discrete},
                                           Case{"ddim_eta", SamplingMethod::ddim, Scheduler::discrete, 0.5},
                                           Case{"pndm", SamplingMethod::pndm, Scheduler::discrete},
                                           Case{"euler", SamplingMethod::euler, Scheduler::discrete},
                                           Case{"euler_karras", SamplingMethod::euler, Scheduler::karras},
                                           Case{"euler_a", SamplingMethod::euler_a, Scheduler::discrete, 1},
                                           Case{"heun", SamplingMethod::heun, Scheduler::discrete},
                                           Case{"heun_karras", SamplingMethod::heun, Scheduler::karras},
                                           Case{"dpmpp_2m", SamplingMethod::dpmpp_2m, Scheduler::discrete},
                                           Case{"dpmpp_2m_karras", SamplingMethod::dpmpp_2m, Scheduler::karras}),
                         [](const auto& c) { return c.param.name; });

// The other samplers and schedules, in six steps at half the size; in one test, because loading a model takes longer.
TEST(Golden, EveryPixelOfSmallPicturesIsDiffusersWithinOne) {
  const struct {
    const char* name;
    SamplingMethod method;
    Scheduler scheduler = Scheduler::discrete;
    std::optional<TimestepSpacing> spacing{};
    double cfg_rescale = 0;
  } cases[] = {{"ddim_trailing", SamplingMethod::ddim, Scheduler::discrete, TimestepSpacing::trailing},
               {"ddim_linspace", SamplingMethod::ddim, Scheduler::discrete, TimestepSpacing::linspace},
               {"pndm_linspace", SamplingMethod::pndm, Scheduler::discrete, TimestepSpacing::linspace},
               {"ddpm", SamplingMethod::ddpm},
               {"euler_exponential", SamplingMethod::euler, Scheduler::exponential},
               {"lms", SamplingMethod::lms},
               {"lms_karras", SamplingMethod::lms, Scheduler::karras},
               {"dpm2", SamplingMethod::dpm2},
               {"dpm2_a_karras", SamplingMethod::dpm2_a, Scheduler::karras},
               {"dpmpp_2m_exponential", SamplingMethod::dpmpp_2m, Scheduler::exponential},
               {"dpmpp_2m_sde_karras", SamplingMethod::dpmpp_2m_sde, Scheduler::karras},
               {"dpmpp_sde", SamplingMethod::dpmpp_sde},
               {"unipc", SamplingMethod::unipc},
               {"unipc_karras", SamplingMethod::unipc, Scheduler::karras},
               {"lcm", SamplingMethod::lcm},
               {"euler_rescaled", SamplingMethod::euler, Scheduler::discrete, std::nullopt, 0.7}};
  for (const auto& c : cases) {
    GenerateOptions options = options_of({"", c.method, c.scheduler, default_eta(c.method)});
    options.width = options.height = 64;
    options.steps = 6;
    options.timestep_spacing = c.spacing;
    options.cfg_rescale = c.cfg_rescale;
    if (default_sde_noise(c.method)) options.sde_noise = SdeNoise::independent;  // the script has no torchsde
    const Image found = generator().generate(options);
    EXPECT_LE(largest_difference(found, golden().stored(std::string("small.") + c.name)), 1) << c.name;
  }
}

}  // namespace
}  // namespace sfumato

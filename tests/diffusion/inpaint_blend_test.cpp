#include "diffusion/inpaint_blend.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "api/sampler_info.h"
#include "diffusion/engine.h"
#include "diffusion/samplers/samplers.h"

namespace sfumato {
namespace {

at::Tensor row(const std::vector<float>& values) {
  return at::tensor(values, at::kFloat).reshape({1, 1, 1, static_cast<std::int64_t>(values.size())});
}

std::vector<float> numbers(const at::Tensor& tensor) {
  const at::Tensor values = tensor.flatten().contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

// InpaintBlend, painted anew, and half of each.
const InpaintBlend kKept{.latents = row({10, 10, 10}), .noise = row({1, 1, 1}), .mask = row({0, 1, 0.5})};

TEST(InpaintBlend, IsSeenWithAsMuchNoiseAsTheRest) {
  EXPECT_EQ(numbers(kKept.blend_noised(row({3, 3, 3}), 2)), (std::vector<float>{12, 3, 7.5}));
}

TEST(InpaintBlend, ComesBackAsItWas) {
  EXPECT_EQ(numbers(kKept.blend_clean(row({4, 4, 4}))), (std::vector<float>{10, 4, 7}));
}

TEST(InpaintBlend, IsNothingWithoutAPicture) {
  EXPECT_EQ(numbers(InpaintBlend().blend_noised(row({3}), 2)), std::vector<float>{3});
  EXPECT_EQ(numbers(InpaintBlend().blend_clean(row({3}))), std::vector<float>{3});
}

// A network that says 5 everywhere, whatever it sees: what is kept never changes, for any sampler.
TEST(InpaintBlend, StaysWhileTheRestIsPaintedByAnySampler) {
  const NoiseSchedule schedule({.train_steps = 1000,
                                .beta_schedule = BetaSchedule::scaled_linear,
                                .beta_start = 0.00085,
                                .beta_end = 0.012,
                                .timestep_spacing = TimestepSpacing::leading,
                                .steps_offset = 1,
                                .set_alpha_to_one = false});
  for (const auto& method : names<SamplingMethod>()) {
    const SigmaTable table = from_step(
        sigma_table(schedule, {.steps = 6, .sampling_method = method.value, .scheduler = Scheduler::discrete}), 3);
    std::vector<float> seen_of_kept;  // by the network, with the scale undone
    std::vector<double> sigmas;
    const Denoiser denoiser(
        [&](const UnetInput& input) {
          seen_of_kept.push_back(numbers(input.latents).front());
          return at::full(input.latents.sizes(), 5.0);
        },
        PredictionType::sample);
    at::Tensor latents;
    Engine engine(denoiser, schedule, 1);
    engine.add({.task = {.sampling = sample(
                             method.value, row({3, 3, 3}), table, default_eta(method.value),
                             [] { return row({2, 2, 2}); }, PredictionType::sample),
                         .table = table,
                         .guidance = {.positive = Conditioning{.context = at::full({1, 1, 1}, 0.0), .pooled = {}},
                                      .negative = Conditioning{.context = at::full({1, 1, 1}, 0.0), .pooled = {}},
                                      .cfg_scale = 1,
                                      .unconditional = info_of(method.value).unconditional},
                         .blend = kKept},
                .on_evaluation = [](const at::Tensor&) { return true; },
                .on_finished = [&](const at::Tensor& result) { latents = result; },
                .on_failed = [](const Error& error) { throw error; }});
    while (!engine.idle()) engine.round();
    EXPECT_EQ(numbers(latents).at(0), 10) << method.name;
    EXPECT_NEAR(numbers(latents).at(1), 5, 0.3) << method.name << ": ddim and pndm end a little above 0";
    const double sigma = table.sigmas.front();
    EXPECT_NEAR(seen_of_kept.front(), (10 + sigma) / std::sqrt(1 + sigma * sigma), 1e-4) << method.name;
  }
}

}  // namespace
}  // namespace sfumato

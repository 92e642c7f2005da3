#include "diffusion/engine.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <map>

#include "diffusion/samplers.h"

namespace sfumato {
namespace {

const NoiseScheduleConfig kConfig{.train_steps = 1000,
                                  .beta_schedule = BetaSchedule::scaled_linear,
                                  .beta_start = 0.00085,
                                  .beta_end = 0.012,
                                  .prediction_type = PredictionType::epsilon,
                                  .timestep_spacing = TimestepSpacing::leading,
                                  .steps_offset = 1,
                                  .set_alpha_to_one = false};

// A network whose answer depends on each row's latents, timestep and words, and on nothing else.
at::Tensor rowwise(const UnetInput& input) {
  const at::Tensor context = input.context.mean({1, 2}).reshape({-1, 1, 1, 1});
  return input.latents * (0.5 + input.timesteps.reshape({-1, 1, 1, 1}) / 2000) + context;
}

struct Picture {
  SamplingMethod method;
  int steps;
  double context;
  double cfg_scale;
  std::int64_t side;
  std::int64_t tokens = 2;
};

struct Outcome {
  std::map<std::size_t, at::Tensor> latents;
  std::map<std::size_t, int> evaluations;
  std::vector<std::int64_t> batches;  // rows of each run of the network
};

// `last`: the evaluation after which a picture is dropped.
Outcome run(const std::vector<Picture>& pictures, std::size_t batch_size, int last = 1000) {
  Outcome outcome;
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        outcome.batches.push_back(input.latents.size(0));
        return rowwise(input);
      },
      kConfig.prediction_type);
  Engine engine(denoiser, schedule, batch_size);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Picture& p = pictures[i];
    const SigmaTable table =
        sigma_table(schedule, {.steps = p.steps, .sampling_method = p.method, .scheduler = Scheduler::discrete});
    const at::Tensor x = at::full({1, 1, p.side, p.side}, 1.0 + static_cast<double>(i));
    const auto noise = [x] { return at::full(x.sizes(), 0.1); };
    engine.add({.sampling = sample(p.method, x, table, 1, noise, kConfig.prediction_type),
                .table = table,
                .guidance = {.positive = {.context = at::full({1, p.tokens, 3}, p.context), .pooled = {}},
                             .negative = {.context = at::full({1, p.tokens, 3}, -1.0), .pooled = {}},
                             .cfg_scale = p.cfg_scale},
                .on_evaluation = [&outcome, i, last] { return ++outcome.evaluations[i] < last; },
                .on_finished = [&outcome, i](const at::Tensor& latents) { outcome.latents[i] = latents; }});
  }
  while (!engine.idle()) engine.round();
  return outcome;
}

const std::vector<Picture> kMixed = {{SamplingMethod::heun, 4, 0.1, 2, 2},
                                     {SamplingMethod::euler, 7, 0.2, 1, 2},
                                     {SamplingMethod::pndm, 3, 0.3, 5, 2},
                                     {SamplingMethod::euler_a, 5, 0.4, 1, 3},
                                     {SamplingMethod::dpmpp_2m, 6, 0.5, 3, 2}};

TEST(Engine, GivesEachPictureWhatItGetsAlone) {
  const Outcome together = run(kMixed, 3);
  ASSERT_EQ(together.latents.size(), kMixed.size());
  const Outcome alone = run(kMixed, 1);
  for (std::size_t i = 0; i < kMixed.size(); ++i) {
    EXPECT_LT((together.latents.at(i) - alone.latents.at(i)).abs().max().item<double>(), 1e-5) << "picture " << i;
  }
}

TEST(Engine, FillsBatchesAcrossSamplersAndSteps) {
  const Outcome together = run(kMixed, 3);
  const Outcome alone = run(kMixed, 1);
  EXPECT_EQ(alone.batches.size(), 7u + 7u + 4u + 5u + 6u);
  EXPECT_LT(together.batches.size(), alone.batches.size() / 2 + 2);
  EXPECT_LE(*std::max_element(together.batches.begin(), together.batches.end()), 6);
}

TEST(Engine, TellsOfEveryEvaluation) {
  const Outcome outcome = run(kMixed, 2);
  for (std::size_t i = 0; i < kMixed.size(); ++i) {
    EXPECT_EQ(outcome.evaluations.at(i), evaluations(kMixed[i].method, kMixed[i].steps)) << "picture " << i;
  }
}

TEST(Engine, NeverPutsTwoShapesIntoOneBatch) {
  const Outcome outcome = run({{SamplingMethod::euler, 2, 0, 1, 2}, {SamplingMethod::euler, 2, 0, 1, 3}}, 8);
  for (const std::int64_t rows : outcome.batches) EXPECT_EQ(rows, 1);
}

TEST(Engine, NeverPutsTwoPromptLengthsIntoOneBatch) {
  const Outcome outcome = run({{SamplingMethod::euler, 2, 0, 1, 2}, {SamplingMethod::euler, 2, 0, 1, 2, 4}}, 8);
  ASSERT_EQ(outcome.latents.size(), 2u);
  for (const std::int64_t rows : outcome.batches) EXPECT_EQ(rows, 1);
}

TEST(Engine, DropsAPictureThatShallNotGoOn) {
  const Outcome outcome = run({{SamplingMethod::euler, 9, 0, 1, 2}, {SamplingMethod::euler, 2, 0, 1, 2}}, 2, 3);
  EXPECT_FALSE(outcome.latents.contains(0));
  EXPECT_TRUE(outcome.latents.contains(1));
  EXPECT_EQ(outcome.evaluations.at(0), 3);
}

// ddim ends at the first training step's sigma, not at 0; diffusers' sample there is x / sqrt(1 + sigma^2).
// A picture of one step, which adds to `finished`.
Task one_step(const NoiseSchedule& schedule, int& finished) {
  const SigmaTable table =
      sigma_table(schedule, {.steps = 1, .sampling_method = SamplingMethod::euler, .scheduler = Scheduler::discrete});
  const Conditioning words{.context = at::full({1, 2, 3}, 0.5), .pooled = {}};
  return {.sampling = sample_euler(at::full({1, 1, 4, 4}, 1.0), table.sigmas, 0, {}),
          .table = table,
          .guidance = {.positive = words, .negative = words},
          .on_evaluation = [] { return true; },
          .on_finished = [&finished](const at::Tensor&) { ++finished; }};
}

// The network of a machine that has memory for so many rows.
Unet small_machine(std::int64_t rows, std::vector<std::int64_t>& batches) {
  return [rows, &batches](const UnetInput& input) {
    batches.push_back(input.latents.size(0));
    if (input.latents.size(0) > rows) throw Error(ErrorKind::stopped_early, "unet.ts: not enough memory.");
    return rowwise(input);
  };
}

TEST(Engine, HalvesABatchThatMemoryDoesNotHoldAndLosesNoPicture) {
  const NoiseSchedule schedule(kConfig);
  std::vector<std::int64_t> batches;
  const Denoiser denoiser(small_machine(3, batches), kConfig.prediction_type);
  std::vector<std::size_t> sizes;
  Engine engine(denoiser, schedule, 8, [&](std::size_t size) { sizes.push_back(size); });
  int finished = 0;
  for (int i = 0; i < 5; ++i) engine.add(one_step(schedule, finished));
  while (!engine.idle()) engine.round();
  EXPECT_EQ(batches, (std::vector<std::int64_t>{5, 2, 2, 1}));
  EXPECT_EQ(sizes, std::vector<std::size_t>{2});
  EXPECT_EQ(finished, 5);
}

TEST(Engine, ThrowsIfMemoryDoesNotHoldASinglePicture) {
  const NoiseSchedule schedule(kConfig);
  std::vector<std::int64_t> batches;
  const Denoiser denoiser(small_machine(0, batches), kConfig.prediction_type);
  Engine engine(denoiser, schedule, 1);
  int finished = 0;
  engine.add(one_step(schedule, finished));
  EXPECT_THROW(engine.round(), Error);
}

TEST(Engine, ScalesWhatEndsAboveZero) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput& input) { return input.latents * 0; }, PredictionType::epsilon);
  Engine engine(denoiser, schedule, 1);
  const SigmaTable table{.sigmas = {1, 0.75}, .timesteps = {500}, .initial_scale = 1};
  const at::Tensor x = at::full({1, 1, 1, 1}, 5.0);
  double latents = 0;
  engine.add(
      {.sampling = sample_euler(x, table.sigmas, 0, {}),
       .table = table,
       .guidance = {.positive = {.context = at::full({1, 1, 1}, 0.0), .pooled = {}}, .negative = {}, .cfg_scale = 1},
       .on_evaluation = [] { return true; },
       .on_finished = [&](const at::Tensor& result) { latents = result.item<double>(); }});
  engine.round();
  EXPECT_TRUE(engine.idle());
  EXPECT_FLOAT_EQ(static_cast<float>(latents), 5.0f / 1.25f);
}

}  // namespace
}  // namespace sfumato

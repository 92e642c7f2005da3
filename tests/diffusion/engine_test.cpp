#include "diffusion/engine.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <new>
#include <string>

#include "diffusion/samplers/dpm_solver.h"
#include "diffusion/samplers/euler.h"
#include "diffusion/samplers/samplers.h"

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

// A network whose answer depends on each row's latents, timestep and context, and on nothing else.
at::Tensor rowwise(const UnetInput& input) {
  const at::Tensor context = input.context.mean({1, 2}).reshape({-1, 1, 1, 1});
  return input.latents * (0.5 + input.timesteps.reshape({-1, 1, 1, 1}) / 2000) + context;
}

// A network that answers each row with its context's value.
at::Tensor context_rows(const UnetInput& input) {
  return input.context.mean({1, 2}).reshape({-1, 1, 1, 1}).expand_as(input.latents);
}

Conditioning context(double value, std::int64_t tokens = 2) {
  return {.context = at::full({1, tokens, 3}, value), .pooled = {}};
}

void rethrow(const Error& error) { throw error; }

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
    engine.add({.task = {.sampling = sample(p.method, x, table, 1, noise, kConfig.prediction_type),
                         .table = table,
                         .guidance = {.positive = context(p.context, p.tokens),
                                      .negative = context(-1, p.tokens),
                                      .cfg_scale = p.cfg_scale}},
                .on_evaluation = [&outcome, i, last](const at::Tensor&) { return ++outcome.evaluations[i] < last; },
                .on_finished = [&outcome, i](const at::Tensor& latents) { outcome.latents[i] = latents; },
                .on_failed = &rethrow});
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

// A picture of one step of Euler's method at sigma 14.6, from x = 1.
Task one_step(const NoiseSchedule& schedule, const at::Tensor& x = at::full({1, 1, 4, 4}, 1.0)) {
  const SigmaTable table =
      sigma_table(schedule, {.steps = 1, .sampling_method = SamplingMethod::euler, .scheduler = Scheduler::discrete});
  return {.sampling = sample_euler(x, table.sigmas, 0, {}, [] { return at::Tensor(); }),
          .table = table,
          .guidance = {.positive = context(0.5), .negative = context(0.5)}};
}

// The network of a machine that has memory for `rows` rows.
Unet small_machine(std::int64_t rows, std::vector<std::int64_t>& batches) {
  return [rows, &batches](const UnetInput& input) {
    batches.push_back(input.latents.size(0));
    if (input.latents.size(0) > rows) throw Error(ErrorKind::stopped_early, "unet.ts: not enough memory.");
    return rowwise(input);
  };
}

// What becomes of jobs: "finished 0", "failed 1: unet.ts: not enough memory."
struct Events {
  std::vector<std::string> list;

  DenoiseJob job(Task task) {
    const std::string number = std::to_string(jobs_++);
    return {
        .task = std::move(task),
        .on_evaluation = [](const at::Tensor&) { return true; },
        .on_finished = [this, number](const at::Tensor&) { list.push_back("finished " + number); },
        .on_failed = [this, number](const Error& error) { list.push_back("failed " + number + ": " + error.what()); }};
  }

 private:
  int jobs_ = 0;
};

TEST(Engine, HalvesABatchThatMemoryDoesNotHoldAndLosesNoPicture) {
  const NoiseSchedule schedule(kConfig);
  std::vector<std::int64_t> batches;
  const Denoiser denoiser(small_machine(3, batches), kConfig.prediction_type);
  std::vector<std::size_t> sizes;
  Engine engine(denoiser, schedule, 8, [&](std::size_t size) { sizes.push_back(size); });
  Events events;
  for (int i = 0; i < 5; ++i) engine.add(events.job(one_step(schedule)));
  while (!engine.idle()) engine.round();
  EXPECT_EQ(batches, (std::vector<std::int64_t>{5, 2, 2, 1}));
  EXPECT_EQ(sizes, std::vector<std::size_t>{2});
  EXPECT_EQ(events.list,
            (std::vector<std::string>{"finished 0", "finished 1", "finished 2", "finished 3", "finished 4"}));
}

TEST(Engine, FailsOnlyThePictureThatMemoryDoesNotHold) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser(
      [](const UnetInput& input) {
        if (input.latents.size(2) > 4) throw Error(ErrorKind::stopped_early, "unet.ts: not enough memory.");
        return rowwise(input);
      },
      kConfig.prediction_type);
  Engine engine(denoiser, schedule, 2);
  Events events;
  engine.add(events.job(one_step(schedule, at::full({1, 1, 8, 8}, 1.0))));
  engine.add(events.job(one_step(schedule)));
  while (!engine.idle()) engine.round();
  EXPECT_EQ(events.list, (std::vector<std::string>{"failed 0: unet.ts: not enough memory.", "finished 1"}));
}

TEST(Engine, TakesBadAllocForMemoryThatDoesNotSuffice) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput&) -> at::Tensor { throw std::bad_alloc(); }, kConfig.prediction_type);
  Engine engine(denoiser, schedule, 1);
  Events events;
  engine.add(events.job(one_step(schedule)));
  engine.round();
  EXPECT_TRUE(engine.idle());
  ASSERT_EQ(events.list.size(), 1U);
  EXPECT_TRUE(events.list.front().starts_with("failed 0: the denoiser: not enough memory")) << events.list.front();
}

TEST(Engine, EndsWithTheNetworksOtherErrors) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput&) -> at::Tensor { throw Error(ErrorKind::internal, "CUDA is lost."); },
                          kConfig.prediction_type);
  Engine engine(denoiser, schedule, 1);
  Events events;
  engine.add(events.job(one_step(schedule)));
  EXPECT_THROW(engine.round(), Error);
  EXPECT_TRUE(events.list.empty());
}

TEST(Engine, ShowsEachEstimateToItsJob) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput& input) { return context_rows(input); }, PredictionType::sample);
  Engine engine(denoiser, schedule, 2);
  std::vector<float> shown;
  for (const double value : {3.0, 7.0}) {
    Task task = one_step(schedule);
    task.guidance.positive = context(value);
    engine.add({.task = std::move(task),
                .on_evaluation =
                    [&](const at::Tensor& denoised) {
                      EXPECT_EQ(denoised.sizes(), (std::vector<std::int64_t>{1, 1, 4, 4}));
                      shown.push_back(denoised.max().item<float>());
                      return true;
                    },
                .on_finished = [](const at::Tensor&) {},
                .on_failed = &rethrow});
  }
  engine.round();
  EXPECT_EQ(shown, (std::vector<float>{3, 7}));
}

TEST(Engine, RunsTheStagesOfAJobOneAfterTheOther) {
  const NoiseSchedule schedule(kConfig);
  std::vector<std::int64_t> sides;
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        sides.push_back(input.latents.size(3));
        return at::full(input.latents.sizes(), 2.0);  // the estimate
      },
      PredictionType::sample);
  Engine engine(denoiser, schedule, 1);
  Events events;
  std::vector<float> given;
  DenoiseJob job = events.job(one_step(schedule));
  // Twice the size, with noise: what a "hires fix" does.
  job.later.push_back([&](const at::Tensor& latents) {
    given.push_back(std::round(latents.max().item<float>()));
    return one_step(schedule, latents.repeat({1, 1, 2, 2}) + 5);
  });
  // A sampler without a step hands its x on.
  job.later.push_back([&](const at::Tensor& latents) {
    given.push_back(std::round(latents.max().item<float>()));
    Task task = one_step(schedule);
    task.table.sigmas = {0};
    task.sampling = sample_euler(10 * latents, task.table.sigmas, 0, {}, [] { return at::Tensor(); });
    return task;
  });
  float finished = 0;
  std::vector<std::int64_t> shape;
  job.on_finished = [&](const at::Tensor& latents) {
    finished = latents.max().item<float>();
    shape = latents.sizes().vec();
  };
  engine.add(std::move(job));
  engine.round();
  EXPECT_FALSE(engine.idle());
  engine.round();
  EXPECT_TRUE(engine.idle());
  EXPECT_EQ(sides, (std::vector<std::int64_t>{4, 8}));
  EXPECT_EQ(given, (std::vector<float>{2, 2}));
  EXPECT_NEAR(finished, 20, 1e-4);
  EXPECT_EQ(shape, (std::vector<std::int64_t>{1, 1, 8, 8}));
}

TEST(Engine, HandsNoisyLatentsToAStageWithAModelOfItsOwn) {
  const NoiseSchedule schedule(kConfig);
  std::vector<std::string> runs;
  const auto model = [&runs](const std::string& name, double estimate) {
    return Denoiser(
        [&runs, name, estimate](const UnetInput& input) {
          runs.push_back(name + " " + std::to_string(input.latents.size(0)));
          return at::full(input.latents.sizes(), estimate);
        },
        PredictionType::sample);
  };
  const Denoiser base = model("base", 4), refiner = model("refiner", 8);
  Engine engine(base, schedule, 2);
  Events events;
  const at::Tensor x = at::full({1, 1, 4, 4}, 1.0);
  const auto euler = [&](const at::Tensor& from, const std::vector<double>& sigmas) {
    SigmaTable table{.sigmas = sigmas, .timesteps = {500}};
    Task task{
        .sampling = sample_euler(from, sigmas, 0, {}, [] { return at::Tensor(); }), .table = table, .guidance = {}};
    task.guidance.positive = context(0);
    // Half of the picture is kept.
    task.blend = {.latents = at::full({1, 1, 4, 4}, 100.0),
                  .noise = at::full({1, 1, 4, 4}, 0.0),
                  .mask = at::full({1, 1, 4, 4}, 1.0)};
    task.blend.mask.narrow(3, 0, 2).zero_();
    return task;
  };
  DenoiseJob job = events.job(euler(x, {2, 1}));
  job.task.hands_over = true;
  at::Tensor handed;
  job.later.push_back([&](const at::Tensor& latents) {
    handed = latents;
    Task task = euler(latents * std::sqrt(2.0), {1, 0});
    task.denoiser = &refiner;
    return task;
  });
  at::Tensor finished;
  job.on_finished = [&](const at::Tensor& latents) { finished = latents; };
  engine.add(std::move(job));
  engine.add(events.job(euler(x, {2, 0})));  // its neighbour never runs on the refiner
  while (!engine.idle()) engine.round();
  EXPECT_EQ(runs, (std::vector<std::string>{"base 2", "refiner 1"}));
  // Half way from 1 to the estimate: 4 in the part that is repainted, 100 in the other; divided by sqrt(2).
  EXPECT_NEAR(handed[0][0][0][3].item<double>(), 2.5 / std::sqrt(2.0), 1e-5);
  EXPECT_NEAR(handed[0][0][0][0].item<double>(), 50.5 / std::sqrt(2.0), 1e-5);
  EXPECT_NEAR(finished[0][0][0][3].item<double>(), 8, 1e-5);
  EXPECT_NEAR(finished[0][0][0][0].item<double>(), 100, 1e-5);
}

TEST(Engine, FailsAJobWhoseLaterStageCannotStart) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser(&rowwise, kConfig.prediction_type);
  Engine engine(denoiser, schedule, 2);
  Events events;
  DenoiseJob job = events.job(one_step(schedule));
  job.later.push_back([](const at::Tensor&) -> Task { throw Error(ErrorKind::usage, "`steps`: no."); });
  engine.add(std::move(job));
  engine.add(events.job(one_step(schedule)));
  engine.round();
  EXPECT_TRUE(engine.idle());
  EXPECT_EQ(events.list, (std::vector<std::string>{"failed 0: `steps`: no.", "finished 1"}));
}

TEST(Engine, ChangesConditioningAlongTheSteps) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput& input) { return context_rows(input); }, PredictionType::sample);
  Engine engine(denoiser, schedule, 1);
  const SigmaTable table =
      sigma_table(schedule, {.steps = 4, .sampling_method = SamplingMethod::dpm2, .scheduler = Scheduler::discrete});
  std::vector<float> shown;
  engine.add(
      {.task = {.sampling = sample_dpm_2(at::full({1, 1, 2, 2}, 1.0), table.sigmas, 0, {}, [] { return at::Tensor(); }),
                .table = table,
                .guidance = {.positive = ConditioningSchedule(
                                 {{.from = 0, .conditioning = context(1)}, {.from = 0.5, .conditioning = context(2)}}),
                             .negative = {}}},
       .on_evaluation =
           [&](const at::Tensor& denoised) {
             shown.push_back(denoised.max().item<float>());
             return true;
           },
       .on_finished = [](const at::Tensor&) {},
       .on_failed = &rethrow});
  while (!engine.idle()) engine.round();
  EXPECT_EQ(shown, (std::vector<float>{1, 1, 1, 1, 2, 2, 2})) << "both stages of a step see the same";
}

// ddim ends at the first training step's sigma, not at 0; diffusers' sample there is x / sqrt(1 + sigma^2).
TEST(Engine, ScalesWhatEndsAboveZero) {
  const NoiseSchedule schedule(kConfig);
  const Denoiser denoiser([](const UnetInput& input) { return input.latents * 0; }, PredictionType::epsilon);
  Engine engine(denoiser, schedule, 1);
  const SigmaTable table{.sigmas = {1, 0.75}, .timesteps = {500}, .initial_scale = 1};
  const at::Tensor x = at::full({1, 1, 1, 1}, 5.0);
  double latents = 0;
  engine.add({.task = {.sampling = sample_euler(x, table.sigmas, 0, {}, [] { return at::Tensor(); }),
                       .table = table,
                       .guidance = {.positive = context(0), .negative = {}, .cfg_scale = 1}},
              .on_evaluation = [](const at::Tensor&) { return true; },
              .on_finished = [&](const at::Tensor& result) { latents = result.item<double>(); },
              .on_failed = &rethrow});
  engine.round();
  EXPECT_TRUE(engine.idle());
  EXPECT_FLOAT_EQ(static_cast<float>(latents), 5.0f / 1.25f);
}

}  // namespace
}  // namespace sfumato

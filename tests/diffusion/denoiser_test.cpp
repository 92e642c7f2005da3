#include "diffusion/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

namespace sfumato {
namespace {

at::Tensor scalar(double value) { return at::full({1, 1, 1, 1}, value); }
Conditioning words(double value) { return {.context = at::full({1, 2, 3}, value), .pooled = {}}; }

// Answers each row with its conditioning's value, so that guidance can be read off.
at::Tensor echo_words(const UnetInput& input) {
  return input.context.select(1, 0).select(1, 0).reshape({-1, 1, 1, 1}).expand_as(input.latents);
}

TEST(Denoiser, TurnsAnyPredictionIntoTheDenoisedSample) {
  // x_0 = 2, noise = 0.5, sigma = 3: x = 3.5, alpha = 1/10.
  const double x0 = 2, noise = 0.5, sigma = 3, root = std::sqrt(10.0);
  const struct {
    PredictionType type;
    double output;
  } cases[] = {{PredictionType::epsilon, noise},
               {PredictionType::v_prediction, noise / root - x0 * sigma / root},
               {PredictionType::sample, x0}};
  const Guidance unguided{.positive = words(0), .negative = {}, .cfg_scale = 1};
  for (const auto& c : cases) {
    double seen = 0;
    const Denoiser denoiser(
        [&](const UnetInput& input) {
          seen = input.latents.item<double>();
          return scalar(c.output);
        },
        c.type);
    const Evaluation e{.x = scalar(x0 + sigma * noise), .sigma = sigma, .timestep = 1, .guidance = &unguided};
    EXPECT_NEAR(denoiser.denoise({&e, 1}).front().denoised.item<double>(), x0, 1e-5);
    EXPECT_NEAR(seen, 3.5 / root, 1e-6) << "the network sees x_t, of variance 1";
  }
}

TEST(Denoiser, TurnsThePredictionOfEdmNoiseIntoTheDenoisedSample) {
  // x_0 = 2, noise = 0.5, sigma = 3, sigma_data = 0.5: x = 3.5, c_in = 1 / sqrt(9.25), c_skip = 0.25 / 9.25,
  // c_out = 1.5 / sqrt(9.25).
  const double root = std::sqrt(9.25), output = (2 - 3.5 * 0.25 / 9.25) / (1.5 / root);
  const struct {
    PredictionType type;
    double output;
  } cases[] = {{PredictionType::epsilon, output}, {PredictionType::v_prediction, -output}};
  const Guidance unguided{.positive = words(0), .negative = {}, .cfg_scale = 1};
  for (const auto& c : cases) {
    double seen = 0;
    const Denoiser denoiser(
        [&](const UnetInput& input) {
          seen = input.latents.item<double>();
          return scalar(c.output);
        },
        c.type, EdmNoise{.sigma_data = 0.5});
    const Evaluation e{.x = scalar(3.5), .sigma = 3, .timestep = 1, .guidance = &unguided};
    EXPECT_NEAR(denoiser.denoise({&e, 1}).front().denoised.item<double>(), 2, 1e-5);
    EXPECT_NEAR(seen, 3.5 / root, 1e-6);
  }
}

TEST(Denoiser, GuidesFromNegativeToPositive) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  const Guidance guidance{.positive = words(2), .negative = words(-1), .cfg_scale = 7.5};
  const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guidance};
  EXPECT_FLOAT_EQ(denoiser.denoise({&e, 1}).front().denoised.item<float>(), -1 + 7.5f * 3);
}

// diffusers' rescale_noise_cfg by hand: positive (1, 3) has deviation sqrt(2), guided (2, 8) three times that.
TEST(Denoiser, RescalesToTheDeviationOfThePositive) {
  const Denoiser denoiser(
      [](const UnetInput&) {
        return at::tensor({0.0F, -2.0F, 1.0F, 3.0F}, at::kFloat).reshape({2, 1, 1, 2});  // negative, then positive
      },
      PredictionType::sample);
  Guidance guidance{.positive = words(1), .negative = words(0), .cfg_scale = 2, .cfg_rescale = 1};
  const Evaluation e{.x = at::zeros({1, 1, 1, 2}), .sigma = 1, .timestep = 1, .guidance = &guidance};
  const auto both = [&] {
    const at::Tensor d = denoiser.denoise({&e, 1}).front().denoised.flatten();
    return std::pair(d[0].item<float>(), d[1].item<float>());
  };
  EXPECT_EQ(both(), std::pair(2.0F / 3, 8.0F / 3));
  guidance.cfg_rescale = 0.25;
  EXPECT_EQ(both(), std::pair(0.25F * 2 / 3 + 0.75F * 2, 0.25F * 8 / 3 + 0.75F * 8));
  guidance.cfg_rescale = 0;
  EXPECT_EQ(both(), std::pair(2.0F, 8.0F));
}

// Answers each row with its conditioning's value and ten times its concat.
at::Tensor echo_words_and_map(const UnetInput& input) {
  return echo_words(input).narrow(1, 0, 1) + 10 * input.latents.narrow(1, 1, 1);
}

TEST(Denoiser, GuidesByPromptAndByMap) {
  std::vector<float> maps;  // concat of each row
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        const at::Tensor concat = input.latents.select(1, 1).flatten().contiguous();
        maps.assign(concat.const_data_ptr<float>(), concat.const_data_ptr<float>() + concat.numel());
        EXPECT_EQ(input.context.size(0), concat.numel());
        EXPECT_EQ(input.timesteps.size(0), concat.numel());
        return echo_words_and_map(input);
      },
      PredictionType::sample);
  // F(none, negative) = -1, F(map, negative) = 29, F(map, positive) = 32
  const struct {
    double cfg_scale, concat_scale;
    float denoised;
    std::vector<float> maps;
  } cases[] = {{1, 1, 32, {3}},
               {2, 1, 29 + 2 * 3, {3, 3}},
               {2, 2, -1 + 2 * 30 + 2 * 3, {0, 3}},
               {1, 2, -1 + 2 * 30 + 3, {0, 3, 3}},
               {7.5, 1.5, -1 + 1.5F * 30 + 7.5F * 3, {0, 3, 3}},
               {2, 0, -1 + 2 * 3, {0, 3, 3}}};
  for (const auto& c : cases) {
    const Guidance guidance{.positive = words(2),
                            .negative = words(-1),
                            .cfg_scale = c.cfg_scale,
                            .concat = scalar(3),
                            .concat_scale = c.concat_scale};
    const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guidance};
    EXPECT_FLOAT_EQ(denoiser.denoise({&e, 1}).front().denoised.item<float>(), c.denoised)
        << c.cfg_scale << ' ' << c.concat_scale;
    EXPECT_EQ(maps, c.maps) << "what cancels is not run";
    EXPECT_EQ(rows_of(guidance), static_cast<int>(c.maps.size()));
  }
}

TEST(Denoiser, GivesTheEstimateForTheNegativePromptWhereItIsKept) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  for (const double cfg_scale : {1.0, 2.0}) {
    const Guidance kept{.positive = words(3), .negative = words(1), .cfg_scale = cfg_scale, .unconditional = true};
    const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &kept};
    const Estimate estimate = denoiser.denoise({&e, 1}).front();
    EXPECT_FLOAT_EQ(estimate.denoised.item<float>(), 1 + static_cast<float>(cfg_scale) * 2);
    EXPECT_FLOAT_EQ(estimate.unconditional.item<float>(), 1);
    EXPECT_EQ(rows_of(kept), 2) << "also where the scale is 1";
  }
  const Guidance guided{.positive = words(3), .negative = words(1), .cfg_scale = 2};
  const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guided};
  EXPECT_FALSE(denoiser.denoise({&e, 1}).front().unconditional.defined());
}

TEST(Denoiser, ShowsConcatUnscaled) {
  at::Tensor seen;
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        seen = input.latents;
        return input.latents.narrow(1, 0, 1);
      },
      PredictionType::sample);
  const Guidance guidance{.positive = words(1),
                          .negative = words(0),
                          .cfg_scale = 2,
                          .concat = at::tensor({5.0F, 7.0F}, at::kFloat).reshape({1, 2, 1, 1})};
  const Evaluation e{.x = scalar(4), .sigma = std::sqrt(3.0), .timestep = 1, .guidance = &guidance};
  (void)denoiser.denoise({&e, 1});
  EXPECT_TRUE(seen.flatten().allclose(at::tensor({2.0F, 5.0F, 7.0F, 2.0F, 5.0F, 7.0F}, at::kFloat)))
      << "both halves of guidance see it";
}

TEST(Denoiser, DoesHalfTheWorkWithoutGuidance) {
  std::int64_t rows = 0;
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        rows = input.latents.size(0);
        EXPECT_EQ(input.timesteps.size(0), rows);
        EXPECT_EQ(input.context.size(0), rows);
        EXPECT_FALSE(input.pooled.defined());
        EXPECT_FALSE(input.size_ids.defined());
        return input.latents;
      },
      PredictionType::sample);
  Guidance guidance{.positive = words(1), .negative = words(0), .cfg_scale = 1};
  const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guidance};
  (void)denoiser.denoise({&e, 1});
  EXPECT_EQ(rows, 1);
  guidance.cfg_scale = 2;
  (void)denoiser.denoise({&e, 1});
  EXPECT_EQ(rows, 2);
}

TEST(Denoiser, KeepsPicturesOfOneBatchApart) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  const Guidance guided{.positive = words(3), .negative = words(1), .cfg_scale = 2};
  const Guidance unguided{.positive = words(9), .negative = {}, .cfg_scale = 1};
  const std::vector<Evaluation> batch = {{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &unguided},
                                         {.x = scalar(0), .sigma = 4, .timestep = 700, .guidance = &guided},
                                         {.x = scalar(0), .sigma = 2, .timestep = 80, .guidance = &unguided}};
  const std::vector<Estimate> denoised = denoiser.denoise(batch);
  EXPECT_FLOAT_EQ(denoised.at(0).denoised.item<float>(), 9);
  EXPECT_FLOAT_EQ(denoised.at(1).denoised.item<float>(), 5);
  EXPECT_FLOAT_EQ(denoised.at(2).denoised.item<float>(), 9);
}

TEST(Denoiser, HandsOnWhatOnlySomeFamiliesTake) {
  const auto with_pooled = [](double value) {
    return Conditioning{.context = at::full({1, 2, 3}, value), .pooled = at::full({1, 4}, 10 * value)};
  };
  UnetInput seen;
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        seen = input;
        return input.latents;
      },
      PredictionType::sample);
  const Guidance guided{
      .positive = with_pooled(2), .negative = with_pooled(1), .cfg_scale = 3, .size_ids = at::full({1, 6}, 64.0)};
  const Guidance unguided{
      .positive = with_pooled(3), .negative = {}, .cfg_scale = 1, .size_ids = at::full({1, 6}, 72.0)};
  const std::vector<Evaluation> batch = {{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &guided},
                                         {.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &unguided}};
  (void)denoiser.denoise(batch);
  EXPECT_TRUE(seen.context.select(2, 0).select(1, 0).equal(at::tensor({1.0F, 2.0F, 3.0F})));
  EXPECT_TRUE(seen.pooled.select(1, 3).equal(at::tensor({10.0F, 20.0F, 30.0F})));
  EXPECT_TRUE(seen.size_ids.select(1, 0).equal(at::tensor({64.0F, 64.0F, 72.0F})));
}

TEST(Denoiser, LetsEqualShapesShareABatch) {
  const Guidance short_prompt{.positive = words(1), .negative = words(0), .cfg_scale = 2};
  const Guidance long_prompt{
      .positive = Conditioning{.context = at::full({1, 4, 3}, 1.0), .pooled = {}}, .negative = {}, .cfg_scale = 1};
  const Evaluation a{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &short_prompt};
  const Evaluation b{.x = scalar(9), .sigma = 2, .timestep = 7, .guidance = &short_prompt};
  const Evaluation larger{.x = at::full({1, 1, 2, 2}, 0.0), .sigma = 1, .timestep = 5, .guidance = &short_prompt};
  const Evaluation longer{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &long_prompt};
  EXPECT_TRUE(may_share_batch(a, b));
  EXPECT_FALSE(may_share_batch(a, larger));
  EXPECT_FALSE(may_share_batch(a, longer));
  Guidance with_map = short_prompt, wider_map = short_prompt;
  with_map.concat = at::full({1, 1, 1, 1}, 0.0);
  wider_map.concat = at::full({1, 2, 1, 1}, 0.0);
  const Evaluation c{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &with_map};
  const Evaluation d{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &wider_map};
  EXPECT_TRUE(may_share_batch(c, c));
  EXPECT_FALSE(may_share_batch(a, c));
  EXPECT_FALSE(may_share_batch(c, d));
}

TEST(Denoiser, FollowsTheConditioningOfItsProgress) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  const ConditioningSchedule positive({{.from = 0, .conditioning = words(1)}, {.from = 0.4, .conditioning = words(2)}});
  const Guidance guidance{.positive = positive, .negative = words(0), .cfg_scale = 3};
  std::vector<float> found;
  for (const double progress : {0.0, 0.39, 0.4, 1.0}) {
    const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 5, .progress = progress, .guidance = &guidance};
    found.push_back(denoiser.denoise({&e, 1}).front().denoised.item<float>());
  }
  EXPECT_EQ(found, (std::vector<float>{3, 3, 6, 6}));
}

TEST(Denoiser, LetsLongerConditioningWaitForItsTurn) {
  const ConditioningSchedule grows(
      {{.from = 0, .conditioning = words(1)},
       {.from = 0.5, .conditioning = {.context = at::full({1, 4, 3}, 1.0), .pooled = {}}}});
  const Guidance guidance{.positive = grows, .negative = {}, .cfg_scale = 1};
  const Evaluation early{.x = scalar(0), .sigma = 1, .timestep = 5, .progress = 0, .guidance = &guidance};
  const Evaluation late{.x = scalar(0), .sigma = 1, .timestep = 5, .progress = 0.5, .guidance = &guidance};
  EXPECT_TRUE(may_share_batch(early, early));
  EXPECT_FALSE(may_share_batch(early, late));
}

// A control network as it will be: a Unet around another that adds inputs by name.
TEST(Denoiser, LetsAWrapperOfTheUnetAddInputs) {
  const Unet inner = [](const UnetInput& input) { return input.latents + input.more.at("residual"); };
  const Denoiser denoiser(
      [&](const UnetInput& input) {
        UnetInput controlled = input;
        controlled.more.emplace("residual", at::full(input.latents.sizes(), 100.0));
        return inner(controlled);
      },
      PredictionType::sample);
  const Guidance guidance{.positive = words(0), .negative = {}, .cfg_scale = 1};
  const Evaluation e{.x = scalar(2), .sigma = std::sqrt(3.0), .timestep = 1, .guidance = &guidance};
  EXPECT_FLOAT_EQ(denoiser.denoise({&e, 1}).front().denoised.item<float>(), 101) << "2 scaled by 1/2, and the residual";
}

}  // namespace
}  // namespace sfumato

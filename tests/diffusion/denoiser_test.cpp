#include "diffusion/denoiser.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>

namespace sfumato {
namespace {

at::Tensor scalar(double value) { return at::full({1, 1, 1, 1}, value); }
at::Tensor words(double value) { return at::full({1, 2, 3}, value); }

// Answers each row with its conditioning's value, so that guidance can be read off.
at::Tensor echo_words(const at::Tensor& latents, const at::Tensor&, const at::Tensor& conditioning) {
  return conditioning.select(1, 0).select(1, 0).reshape({-1, 1, 1, 1}).expand_as(latents);
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
  const Guidance unguided{.wanted = words(0), .unwanted = {}, .cfg_scale = 1};
  for (const auto& c : cases) {
    double seen = 0;
    const Denoiser denoiser(
        [&](const at::Tensor& latents, const at::Tensor&, const at::Tensor&) {
          seen = latents.item<double>();
          return scalar(c.output);
        },
        c.type);
    const Evaluation e{.x = scalar(x0 + sigma * noise), .sigma = sigma, .timestep = 1, .guidance = &unguided};
    EXPECT_NEAR(denoiser.denoise({&e, 1}).front().item<double>(), x0, 1e-5);
    EXPECT_NEAR(seen, 3.5 / root, 1e-6) << "the network sees x_t, of variance 1";
  }
}

TEST(Denoiser, LeadsFromTheUnwantedToTheWanted) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  const Guidance guidance{.wanted = words(2), .unwanted = words(-1), .cfg_scale = 7.5};
  const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guidance};
  EXPECT_FLOAT_EQ(denoiser.denoise({&e, 1}).front().item<float>(), -1 + 7.5f * 3);
}

TEST(Denoiser, DoesHalfTheWorkWithoutGuidance) {
  std::int64_t rows = 0;
  const Denoiser denoiser(
      [&](const at::Tensor& latents, const at::Tensor& timesteps, const at::Tensor& conditioning) {
        rows = latents.size(0);
        EXPECT_EQ(timesteps.size(0), rows);
        EXPECT_EQ(conditioning.size(0), rows);
        return latents;
      },
      PredictionType::sample);
  Guidance guidance{.wanted = words(1), .unwanted = words(0), .cfg_scale = 1};
  const Evaluation e{.x = scalar(0), .sigma = 1, .timestep = 1, .guidance = &guidance};
  (void)denoiser.denoise({&e, 1});
  EXPECT_EQ(rows, 1);
  guidance.cfg_scale = 2;
  (void)denoiser.denoise({&e, 1});
  EXPECT_EQ(rows, 2);
}

TEST(Denoiser, KeepsPicturesOfOneBatchApart) {
  const Denoiser denoiser(echo_words, PredictionType::sample);
  const Guidance guided{.wanted = words(3), .unwanted = words(1), .cfg_scale = 2};
  const Guidance unguided{.wanted = words(9), .unwanted = {}, .cfg_scale = 1};
  const std::vector<Evaluation> batch = {{.x = scalar(0), .sigma = 1, .timestep = 5, .guidance = &unguided},
                                         {.x = scalar(0), .sigma = 4, .timestep = 700, .guidance = &guided},
                                         {.x = scalar(0), .sigma = 2, .timestep = 80, .guidance = &unguided}};
  const std::vector<at::Tensor> denoised = denoiser.denoise(batch);
  EXPECT_FLOAT_EQ(denoised.at(0).item<float>(), 9);
  EXPECT_FLOAT_EQ(denoised.at(1).item<float>(), 5);
  EXPECT_FLOAT_EQ(denoised.at(2).item<float>(), 9);
}

}  // namespace
}  // namespace sfumato

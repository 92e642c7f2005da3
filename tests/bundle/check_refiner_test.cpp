#include "bundle/check_refiner.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

ModelConfig model(const std::string& name, bool refiner) {
  ModelConfig config;
  config.name = name;
  config.family = refiner ? "sdxl-refiner" : "sdxl";
  config.requires_aesthetics_score = refiner;
  config.latents = {.channels = 4, .downscale = 8, .scaling_factor = 0.13025};
  config.noise_schedule = {.beta_start = 0.00085, .beta_end = 0.012};
  return config;
}

const ModelConfig kBase = model("base", false), kRefiner = model("fine", true);

TEST(CheckRefiner, TakesARefinerWithTheLatentsAndNoiseOfItsBase) {
  EXPECT_NO_THROW(check_refiner(kRefiner, kBase));
  ModelConfig base = kBase;
  base.noise_schedule.prediction_type = PredictionType::v_prediction;
  base.noise_schedule.timestep_spacing = TimestepSpacing::trailing;
  base.noise_schedule.steps_offset = 1;
  base.noise_schedule.set_alpha_to_one = true;
  EXPECT_NO_THROW(check_refiner(kRefiner, base));
}

TEST(CheckRefiner, RefusesAModelThatIsNone) {
  EXPECT_EQ(error_of([&] { check_refiner(kBase, kBase); }),
            "usage: `refiner`: \"base\" (sdxl) is no SDXL refiner. Give one, such as an import of "
            "sd_xl_refiner_1.0.safetensors.");
}

TEST(CheckRefiner, RefusesARefinerBehindARefiner) {
  EXPECT_EQ(
      error_of([&] { check_refiner(kRefiner, kRefiner); }),
      "usage: `refiner`: the model \"fine\" (sdxl-refiner) is a refiner itself. Give its base model with `model`.");
}

TEST(CheckRefiner, RefusesOtherLatentsAndOtherNoise) {
  ModelConfig base = kBase;
  base.latents.scaling_factor = 0.18215;
  EXPECT_EQ(
      error_of([&] { check_refiner(kRefiner, base); }),
      "usage: `refiner`: \"fine\" (sdxl-refiner) has other latents than the model \"base\" (sdxl). Give a refiner "
      "of the model's own family, or a model of Stable Diffusion XL.");
  base = kBase;
  base.noise_schedule.rescale_betas_zero_snr = true;
  EXPECT_EQ(error_of([&] { check_refiner(kRefiner, base); }),
            "usage: `refiner`: \"fine\" (sdxl-refiner) has other noise levels (noise_schedule) than the model \"base\" "
            "(sdxl). Give a model with those of Stable Diffusion XL.");
}

TEST(CheckRefiner, AShareOfTheStepsNeedsARefiner) {
  EXPECT_NO_THROW(check_refiner_switch({}, false));
  EXPECT_NO_THROW(check_refiner_switch({.refiner_switch = 0.8}, true));
  EXPECT_EQ(error_of([] { check_refiner_switch({.refiner_switch = 0.8}, false); }),
            "usage: `refiner_switch`: has no effect without `refiner`.");
}

}  // namespace
}  // namespace sfumato

#include "import/write/model_settings.h"

#include <gtest/gtest.h>

#include "bundle/model_json.h"
#include "bundle/tiny_bundle.h"
#include "error_of.h"
#include "jobs/job_options.h"

namespace sfumato {
namespace {

ModelConfig tiny_config() { return read_model_json(tiny_description(kTinyFiles), "model.json").config; }

ModelSettings defaults(const std::vector<std::pair<std::string, std::string>>& values) {
  ModelSettings settings;
  for (const auto& [name, text] : values) {
    settings.defaults.push_back({.option = find_job_option(name), .texts = {text}});
  }
  return settings;
}

TEST(ModelSettings, TakeThePlaceOfWhatTheModelSays) {
  ModelConfig config = tiny_config();
  ModelSettings settings = defaults(
      {{"size", "128x64"}, {"steps", "4"}, {"cfg_scale", "1"}, {"sampling_method", "lcm"}, {"clip_skip", "2"}});
  settings.name = "turbo";
  settings.prediction_type = PredictionType::v_prediction;
  settings.timestep_spacing = TimestepSpacing::trailing;
  apply(settings, config);
  EXPECT_EQ(config.name, "turbo");
  EXPECT_EQ(config.license, "MIT");
  EXPECT_EQ(config.noise_schedule.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(config.noise_schedule.timestep_spacing, TimestepSpacing::trailing);
  EXPECT_EQ(config.defaults.width, 128);
  EXPECT_EQ(config.defaults.height, 64);
  EXPECT_EQ(config.defaults.steps, 4);
  EXPECT_EQ(config.defaults.cfg_scale, 1);
  EXPECT_EQ(config.defaults.sampling_method, SamplingMethod::lcm);
  EXPECT_EQ(config.defaults.clip_skip, 2);
}

TEST(ModelSettings, OfZeroSnrAskForASamplerThatFitsIt) {
  ModelConfig config = tiny_config();
  config.defaults.sampling_method = SamplingMethod::dpmpp_2m;
  config.defaults.scheduler = Scheduler::karras;
  apply({.zero_snr = true}, config);
  EXPECT_TRUE(config.noise_schedule.rescale_betas_zero_snr);
  EXPECT_EQ(config.noise_schedule.timestep_spacing, TimestepSpacing::trailing);
  EXPECT_EQ(config.defaults.sampling_method, SamplingMethod::euler);
  EXPECT_EQ(config.defaults.scheduler, Scheduler::discrete);
  ModelSettings both = defaults({{"sampling_method", "ddim"}});
  both.zero_snr = true;
  apply(both, config);
  EXPECT_EQ(config.defaults.sampling_method, SamplingMethod::ddim);
  apply({.zero_snr = false}, config);
  EXPECT_FALSE(config.noise_schedule.rescale_betas_zero_snr);
}

TEST(ModelSettings, RefuseWhatDoesNotGoTogether) {
  ModelConfig config = tiny_config();
  EXPECT_EQ(error_of([&] { apply(defaults({{"sampling_method", "ddim"}, {"scheduler", "karras"}}), config); }),
            "usage: `scheduler`: ddim steps on the training timesteps, so it takes discrete, not karras. Leave "
            "`scheduler` out, or take another method.");
  EXPECT_EQ(error_of([&] { apply(defaults({{"size", "60x64"}}), config); }),
            "usage: `width`: 60 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 56 or 64.");
}

TEST(ModelSettings, OfEdmNoiseHaveNoTrainingTimesteps) {
  ModelConfig config = tiny_config();
  config.noise_schedule = {.edm = EdmNoise{}};
  config.defaults.sampling_method = SamplingMethod::euler;
  config.defaults.scheduler = Scheduler::exponential;
  const auto error_with = [&](const ModelSettings& settings) { return error_of([&] { apply(settings, config); }); };
  EXPECT_EQ(error_with({.zero_snr = true}),
            "usage: `zero_snr`: this model's noise (EDM) has no training timesteps. Leave it out.");
  EXPECT_EQ(error_with({.timestep_spacing = TimestepSpacing::leading}),
            "usage: `timestep_spacing`: this model's noise (EDM) has no training timesteps. Leave it out.");
  EXPECT_EQ(
      error_with({.prediction_type = PredictionType::sample}),
      "usage: `prediction_type`: with EDM noise a U-Net predicts epsilon or v_prediction, not sample. Take one of "
      "them, or leave `prediction_type` out.");
  EXPECT_EQ(error_with(defaults({{"sampling_method", "ddim"}})),
            "usage: `sampling_method`: ddim steps by training timesteps, which this model's noise (EDM) does not have. "
            "Take another, such as euler or dpm++2m.");
  apply({.prediction_type = PredictionType::v_prediction}, config);
  EXPECT_EQ(config.noise_schedule.prediction_type, PredictionType::v_prediction);
}

TEST(ModelSettings, AreWrittenIntoTheBundle) {
  const std::filesystem::path folder = tiny_bundle();
  change_bundle(folder, defaults({{"steps", "9"}, {"clip_skip", "2"}}));
  const ModelDescription changed = read_model_json(read_file(folder / "model.json"), "model.json");
  EXPECT_EQ(changed.config.defaults.steps, 9);
  EXPECT_EQ(default_options(changed.config).clip_skip, 2);
  EXPECT_EQ(changed.config.defaults.width, 64);
  EXPECT_EQ(changed.files.size(), 3U);
}

TEST(ModelSettings, ChangeNothingThatIsNoBundle) {
  const std::filesystem::path folder = tiny_bundle(kTinyFiles, "{}");
  EXPECT_EQ(error_of([&] { change_bundle(folder, defaults({{"steps", "9"}})); }),
            "bad_bundle: " + (folder / "model.json").string() + ": format: is missing.");
  EXPECT_EQ(read_file(folder / "model.json"), "{}");
}

}  // namespace
}  // namespace sfumato

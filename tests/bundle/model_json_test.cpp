#include "bundle/model_json.h"

#include <gtest/gtest.h>

#include "bundle/tiny_bundle.h"
#include "error_of.h"

namespace sfumato {
namespace {

ModelDescription read(const std::string& text) { return read_model_json(text, "model.json"); }

TEST(ModelJson, WritesWhatItReads) {
  const std::string text = write_model_json(read(tiny_description(kTinyFiles)));
  const ModelDescription again = read(text);
  EXPECT_EQ(write_model_json(again), text);
  EXPECT_EQ(again.config.name, "tiny");
  EXPECT_EQ(again.config.latents.scaling_factor, 0.5);
  EXPECT_EQ(again.config.noise_schedule.beta_start, 0.0001);
  EXPECT_EQ(again.config.defaults.cfg_scale, 2.5);
  EXPECT_EQ(again.files.size(), 3U);
  EXPECT_EQ(again.files.at("graph.ts").size, 7);
}

TEST(ModelJson, WritesWhatOnlySomeModelsHave) {
  ModelDescription model = read(tiny_description(kTinyFiles));
  model.config.networks[NetworkKind::text_encoder_2] = model.config.network(NetworkKind::text_encoder);
  model.config.pooled_width = 1280;
  model.config.tokenizer.kind = TokenizerKind::clip;
  model.config.tokenizer.pad_2 = 0;
  model.config.inpainting = true;
  model.config.zero_empty_negative_prompt = true;
  model.config.weights_layout = WeightsLayout::channels_last;
  model.config.defaults.dtype = Dtype::bfloat16;
  model.config.defaults.clip_skip = 2;
  model.config.noise_schedule.timestep_spacing = std::nullopt;
  model.config.noise_schedule.rescale_betas_zero_snr = true;
  const ModelConfig again = read(write_model_json(model)).config;
  ASSERT_TRUE(again.has(NetworkKind::text_encoder_2));
  EXPECT_EQ(again.network(NetworkKind::text_encoder_2).graph, "graph.ts");
  EXPECT_EQ(again.pooled_width, 1280);
  EXPECT_EQ(again.tokenizer.kind, TokenizerKind::clip);
  EXPECT_EQ(again.tokenizer.pad_2, 0);
  EXPECT_TRUE(again.inpainting);
  EXPECT_TRUE(again.zero_empty_negative_prompt);
  EXPECT_EQ(again.weights_layout, WeightsLayout::channels_last);
  EXPECT_EQ(again.defaults.dtype, Dtype::bfloat16);
  EXPECT_EQ(again.defaults.clip_skip, 2);
  EXPECT_EQ(again.noise_schedule.timestep_spacing, std::nullopt);
  EXPECT_TRUE(again.noise_schedule.rescale_betas_zero_snr);
}

TEST(ModelJson, OfEdmNoiseHasItsNumbersAndNoTrainingTimesteps) {
  ModelDescription model = read(tiny_description(kTinyFiles));
  EXPECT_TRUE(write_model_json(model).find(R"("format_version": 1,)") != std::string::npos) << "read by old versions";
  model.config.noise_schedule = {.prediction_type = PredictionType::v_prediction,
                                 .edm = EdmNoise{.sigma_data = 0.5, .sigma_min = 0.01, .sigma_max = 80}};
  const std::string text = write_model_json(model);
  EXPECT_TRUE(text.find(R"("format_version": 2,)") != std::string::npos) << "refused by old versions";
  EXPECT_TRUE(
      text.find(
          R"("noise_schedule": {"kind":"edm","prediction_type":"v_prediction","sigma_data":0.5,"sigma_min":0.01,"sigma_max":80)") !=
      std::string::npos)
      << text;
  const NoiseScheduleConfig again = read(text).config.noise_schedule;
  ASSERT_TRUE(again.edm);
  EXPECT_EQ(again.prediction_type, PredictionType::v_prediction);
  EXPECT_EQ(again.edm->sigma_data, 0.5);
  EXPECT_EQ(again.edm->sigma_min, 0.01);
  EXPECT_EQ(again.edm->sigma_max, 80);
  const auto error_when = [&](const std::string& from, const std::string& to) {
    return error_of([&] { (void)read(replaced(text, from, to)); });
  };
  EXPECT_EQ(error_when("\"kind\":\"edm\"", "\"kind\":\"flow\""),
            "bad_bundle: model.json: noise_schedule: kind: \"edm\" is expected, or no kind at all.");
  EXPECT_EQ(error_when("v_prediction", "sample"),
            "bad_bundle: model.json: noise_schedule: prediction_type: \"sample\" is not known; one of epsilon, "
            "v_prediction is expected.");
  EXPECT_EQ(error_when("\"sigma_min\":0.01", "\"sigma_min\":0"),
            "bad_bundle: model.json: noise_schedule: sigma_min: a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_when("\"sigma_min\":0.01", "\"sigma_min\":80"),
            "bad_bundle: model.json: noise_schedule: sigma_max: is not above sigma_min.");
  EXPECT_EQ(error_when("\"kind\":\"edm\"", "\"kind\":\"edm\",\"train_steps\":1000"),
            "bad_bundle: model.json: noise_schedule: train_steps: is an unknown key.");
  EXPECT_EQ(error_when("\"format_version\": 2", "\"format_version\": 1"),
            "bad_bundle: model.json: format_version: 1 has no EDM noise, latents.mean, instruct_pix2pix or "
            "requires_aesthetics_score; 2 is "
            "expected.");
}

TEST(ModelJson, HasAMeanAndADeviationForEachChannel) {
  ModelDescription model = read(tiny_description(kTinyFiles));
  model.config.latents = {
      .channels = 2, .downscale = 8, .scaling_factor = 0.5, .mean = {-1.5, 2}, .deviation = {8, 5.25}};
  const std::string text = write_model_json(model);
  EXPECT_TRUE(text.find(R"("format_version": 2,)") != std::string::npos);
  const LatentConfig again = read(text).config.latents;
  EXPECT_EQ(again.mean, (std::vector<double>{-1.5, 2}));
  EXPECT_EQ(again.deviation, (std::vector<double>{8, 5.25}));
  const auto error_when = [&](const std::string& from, const std::string& to) {
    return error_of([&] { (void)read(replaced(text, from, to)); });
  };
  EXPECT_EQ(error_when("[-1.5,2", "[-1.5,2,3"),
            "bad_bundle: model.json: latents: mean: 3 numbers, 2 are expected, one for each channel.");
  EXPECT_EQ(error_when("[-1.5,2.0", "[-1.5,true"), "bad_bundle: model.json: latents: mean: numbers are expected.");
  EXPECT_EQ(error_when("5.25]", "0]"),
            "bad_bundle: model.json: latents: deviation: numbers above 0, at most 1000000, are expected.");
}

TEST(ModelJson, SaysHowAModelSeesThePictureThatItEdits) {
  ModelDescription model = read(tiny_description(kTinyFiles));
  EXPECT_FALSE(model.config.instruct_pix2pix);
  for (const bool scaled : {false, true}) {
    model.config.instruct_pix2pix = InstructPix2PixConfig{.scaled = scaled};
    const std::string text = write_model_json(model);
    EXPECT_TRUE(text.find(R"("format_version": 2,)") != std::string::npos);
    const auto again = read(text).config.instruct_pix2pix;
    ASSERT_TRUE(again);
    EXPECT_EQ(again->scaled, scaled);
  }
  EXPECT_EQ(default_options(model.config).init.strength, 1) << "sampling begins at noise";
  EXPECT_EQ(default_options(read(tiny_description(kTinyFiles)).config).init.strength, 0.75);
}

TEST(ModelJson, RefusesAFileThatIsNeededAndNotListed) {
  Files files = kTinyFiles;
  files.erase("graph.ts");
  EXPECT_EQ(error_of([&] { (void)read(tiny_description(files)); }),
            "bad_bundle: model.json: files: \"graph.ts\" is not listed, but the model needs it.");
}

TEST(ModelJson, ReadsAndWritesWhichMapAModelDrawsFrom) {
  const std::string segmap = R"("segmap": {"classes": "classes.json", "channels": 36}, "noise_schedule")";
  Files files = kTinyFiles;
  const std::string without_file = replaced(tiny_description(files), R"("noise_schedule")", segmap);
  EXPECT_EQ(error_of([&] { (void)read(without_file); }),
            "bad_bundle: model.json: files: \"classes.json\" is not listed, but the model needs it.");
  files["classes.json"] = "classes";
  const ModelDescription model = read(replaced(tiny_description(files), R"("noise_schedule")", segmap));
  const ModelConfig again = read(write_model_json(model)).config;
  ASSERT_TRUE(again.segmap);
  EXPECT_EQ(again.segmap->classes, "classes.json");
  EXPECT_EQ(again.segmap->channels, 36);
  EXPECT_FALSE(again.segmap->optional);
  const std::string optional = replaced(segmap, "36}", R"(36, "optional": true})");
  const ModelDescription both = read(replaced(tiny_description(files), R"("noise_schedule")", optional));
  EXPECT_TRUE(read(write_model_json(both)).config.segmap->optional);
  EXPECT_FALSE(read(tiny_description(kTinyFiles)).config.segmap);
}

}  // namespace
}  // namespace sfumato

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

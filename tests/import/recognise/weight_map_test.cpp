#include "import/recognise/weight_map.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "import/recognise/weights_of.h"

namespace sfumato {
namespace {

const std::string kUnet = "model.diffusion_model.";
const std::string kText = "cond_stage_model.model.";

// As small as networks can be: one tensor of each kind of place.
const std::map<NetworkKind, Parameters> kNetworks = {
    {NetworkKind::unet, {{"conv_in.weight", {8, 4, 3, 3}}, {"conv_in.bias", {8}}}},
    {NetworkKind::text_encoder,
     {{"text_model.encoder.layers.0.self_attn.q_proj.weight", {4, 4}},
      {"text_model.encoder.layers.0.self_attn.k_proj.weight", {4, 4}},
      {"text_model.encoder.layers.0.self_attn.v_proj.weight", {4, 4}}}},
    {NetworkKind::vae_decoder, {{"decoder.mid_block.attentions.0.to_q.weight", {4, 4}}}},
};

std::vector<NamedShape> whole() {
  return {{kUnet + "input_blocks.0.0.weight", {8, 4, 3, 3}},
          {kUnet + "input_blocks.0.0.bias", {8}},
          {kText + "transformer.resblocks.0.attn.in_proj_weight", {12, 4}},
          {"first_stage_model.decoder.mid.attn_1.q.weight", {4, 4, 1, 1}}};
}

WeightMap mapped(const WeightFile& file) {
  return map_weights(classify_checkpoint(file, EmaWeights::leave), kNetworks, file.where);
}

std::string error_in(const std::vector<NamedShape>& tensors) {
  const WeightFile file = weights_of(tensors);
  return error_of([&] { (void)mapped(file); });
}

TEST(WeightMap, GivesEveryParameterItsTensor) {
  const WeightFile file = weights_of(whole());
  const WeightMap result = mapped(file);
  EXPECT_EQ(result.used, 4U);
  EXPECT_TRUE(result.unused.empty());
  ASSERT_EQ(result.networks.size(), 3U);
  std::size_t count = 0;
  for (const MappedNetwork& network : result.networks) {
    count += network.tensors.size();
    for (const MappedTensor& tensor : network.tensors) {
      EXPECT_EQ(tensor.shape, kNetworks.at(network.kind).at(tensor.name));
    }
  }
  EXPECT_EQ(count, 6U);
}

TEST(WeightMap, CountsWhatIsNotUsedByGroup) {
  std::vector<NamedShape> tensors = whole();
  tensors.push_back({"model_ema.diffusion_modelout0bias"});
  tensors.push_back({"model_ema.decay"});
  tensors.push_back({"betas", {1000}});
  tensors.push_back({"alphas_cumprod", {1000}});
  tensors.push_back({kText + "transformer.resblocks.1.ln_1.bias"});
  tensors.push_back({kText + "logit_scale"});
  tensors.push_back({"some.thing.else"});
  const WeightFile file = weights_of(tensors);
  const std::map<std::string, std::size_t> expected = {
      {"EMA copies", 2},
      {"numbers of the noise schedule", 2},
      {"parts of the text_encoder after its last layer that is used", 1},
      {"logit scales", 1},
      {"some.thing.*", 1}};
  EXPECT_EQ(mapped(file).unused, expected);
}

TEST(WeightMap, RefusesMissingTensorsWithTheNumbers) {
  std::vector<NamedShape> tensors = whole();
  tensors.erase(tensors.begin() + 1);
  EXPECT_EQ(
      error_in(tensors),
      "bad_data: x: the unet lacks 1 of its 2 tensors; the first is conv_in.bias. The file is of another architecture, "
      "or was "
      "cut.");
  tensors = whole();
  tensors.pop_back();
  EXPECT_EQ(error_in(tensors),
            "bad_data: x: has no vae_decoder: 0 of its 1 tensors are there. Give an autoencoder with `vae`.");
}

TEST(WeightMap, RefusesAShapeThatDoesNotFit) {
  std::vector<NamedShape> tensors = whole();
  tensors[0].shape = {8, 5, 3, 3};
  EXPECT_EQ(
      error_in(tensors),
      "bad_data: x: model.diffusion_model.input_blocks.0.0.weight has shape [8, 5, 3, 3], the unet expects [8, 4, "
      "3, 3] for "
      "conv_in.weight. It is of another architecture.");
  tensors = whole();
  tensors[2].shape = {15, 4};
  EXPECT_NE(error_in(tensors).find("has shape [15, 4], cut to [5, 4], the text_encoder expects [4, 4]"),
            std::string::npos);
  tensors[2].shape = {13, 4};
  EXPECT_NE(error_in(tensors).find("has shape [13, 4], cut to [], the text_encoder expects [4, 4]"), std::string::npos);
}

TEST(WeightMap, RefusesWhatTheNetworkHasNoPlaceFor) {
  std::vector<NamedShape> tensors = whole();
  tensors.push_back({kUnet + "input_blocks.1.0.in_layers.0.weight"});
  tensors.push_back({kUnet + "surprise"});
  EXPECT_EQ(error_in(tensors),
            "bad_data: x: the unet has 2 tensors that this family lacks; the first is "
            "model.diffusion_model.input_blocks.1.0.in_layers.0.weight. It is of another architecture.");
}

TEST(WeightMap, RefusesTwoTensorsForOnePlace) {
  std::vector<NamedShape> tensors = whole();
  tensors.push_back({"vae.decoder.mid.attn_1.q.weight", {4, 4}});
  EXPECT_NE(error_in(tensors).find("are both decoder.mid_block.attentions.0.to_q.weight of the vae_decoder"),
            std::string::npos);
}

TEST(WeightMap, TakesEmaCopiesWhenAsked) {
  std::vector<NamedShape> tensors = whole();
  tensors.push_back({"model_ema.diffusion_modelinput_blocks00weight", {8, 4, 3, 3}});
  tensors.push_back({"model_ema.diffusion_modelinput_blocks00bias", {8}});
  tensors.push_back({"model_ema.num_updates", {}});
  const WeightFile file = weights_of(tensors);
  const WeightMap result = map_weights(classify_checkpoint(file, EmaWeights::take), kNetworks, "x");
  EXPECT_EQ(result.unused, (std::map<std::string, std::size_t>{{"EMA copies", 1}, {"plain weights of the U-Net", 2}}));
  for (const MappedNetwork& network : result.networks) {
    if (network.kind != NetworkKind::unet) continue;
    for (const MappedTensor& tensor : network.tensors) EXPECT_TRUE(tensor.tensor->name.starts_with("model_ema."));
  }
}

TEST(WeightMap, RefusesEmaCopiesThatAreNotAllThere) {
  const WeightFile file = weights_of(whole());
  EXPECT_EQ(error_of([&] { (void)classify_checkpoint(file, EmaWeights::take); }),
            "bad_data: x: has EMA copies of 0 of the 2 tensors of its U-Net. Import it without `ema`.");
}

}  // namespace
}  // namespace sfumato

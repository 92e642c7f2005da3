#include "bundle/check_weights.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

using Networks = std::map<NetworkKind, ParameterShapes>;

ModelConfig config() {
  ModelConfig config;
  config.tokenizer.max_tokens = 48;
  config.networks = {{NetworkKind::text_encoder, {}},
                     {NetworkKind::unet, {}},
                     {NetworkKind::vae_decoder, {}},
                     {NetworkKind::vae_encoder, {}}};
  config.conditioning_width = 256;
  config.latents = {.channels = 8, .downscale = 2};
  return config;
}

Networks networks() {
  return {
      {NetworkKind::text_encoder,
       {{"text_model.embeddings.token_embedding.weight", {4096, 256}},
        {"text_model.embeddings.position_embedding.weight", {48, 256}}}},
      {NetworkKind::unet,
       {{"conv_in.weight", {128, 8, 3, 3}},
        {"conv_out.weight", {8, 128, 3, 3}},
        {"mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", {128, 256}}}},
      {NetworkKind::vae_decoder,
       {{"decoder.conv_in.weight", {128, 8, 3, 3}}, {"decoder.up_blocks.0.upsamplers.0.conv.weight", {1, 1, 3, 3}}}},
      {NetworkKind::vae_encoder,
       {{"encoder.conv_out.weight", {16, 128, 3, 3}},
        {"encoder.down_blocks.0.downsamplers.0.conv.weight", {1, 1, 3, 3}}}}};
}

std::string error_in(const ModelConfig& config, const Networks& networks) {
  return error_of([&] { check_weights(config, networks, "m/model.json"); });
}
std::string refusal(const std::string& what) {
  return "bad_bundle: m/model.json: " + what + ". Import or export the model again, or correct model.json.";
}

TEST(CheckWeights, TakesWhatFits) {
  EXPECT_EQ(error_in(config(), networks()), "no error");
  ModelConfig shorter = config();
  shorter.tokenizer.max_tokens = 40;
  EXPECT_EQ(error_in(shorter, networks()), "no error");
}

TEST(CheckWeights, NamesTheFieldThatDiffers) {
  ModelConfig other = config();
  other.tokenizer.max_tokens = 77;
  EXPECT_EQ(
      error_in(other, networks()),
      refusal(
          "tokenizer: max_tokens: 77, but by text_encoder's text_model.embeddings.position_embedding.weight it is 48"));
  other = config();
  other.conditioning_width = 512;
  EXPECT_EQ(error_in(other, networks()), refusal("conditioning_width: 512, but by unet's cross-attention it is 256"));
  other = config();
  other.latents.channels = 4;
  EXPECT_EQ(error_in(other, networks()), refusal("latents: channels: 4, but by unet's conv_out.weight it is 8"));
  other = config();
  other.latents.downscale = 8;
  EXPECT_EQ(error_in(other, networks()), refusal("latents: downscale: 8, but by vae_decoder's upsamplers it is 2"));
}

TEST(CheckWeights, NamesChannelsThatTheUnetDoesNotTake) {
  ModelConfig other = config();
  other.inpainting = true;
  EXPECT_EQ(
      error_in(other, networks()),
      refusal(
          "inpainting: the U-Net takes 0 channels after those of the latents (unet's conv_in.weight), but model.json "
          "states a mask and map of 9"));
  other = config();
  other.segmap = {.classes = "classes.json", .channels = 36};
  EXPECT_EQ(
      error_in(other, networks()),
      refusal("segmap: channels: the U-Net takes 0 channels after those of the latents (unet's conv_in.weight), but "
              "model.json states a mask and map of 36"));
  Networks maps = networks();
  maps[NetworkKind::unet]["conv_in.weight"] = {128, 44, 3, 3};
  EXPECT_EQ(error_in(other, maps), "no error");
}

TEST(CheckWeights, ComparesASecondEncoder) {
  ModelConfig two = config();
  Networks weights = networks();
  two.networks[NetworkKind::text_encoder_2] = {};
  two.conditioning_width = 640;
  two.pooled_width = 100;
  weights[NetworkKind::text_encoder_2] = {{"text_model.embeddings.token_embedding.weight", {4096, 384}},
                                          {"text_model.embeddings.position_embedding.weight", {48, 384}},
                                          {"text_projection.weight", {320, 384}}};
  weights[NetworkKind::unet]["mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight"] = {128, 640};
  EXPECT_EQ(error_in(two, weights),
            refusal("pooled_width: 100, but by text_encoder_2's text_projection.weight it is 320"));
  two.pooled_width = 320;
  EXPECT_EQ(error_in(two, weights),
            refusal("pooled_width: is there, but the U-Net does not take a pooled conditioning"));
  weights[NetworkKind::unet]["add_embedding.linear_1.weight"] = {1280, 1856};
  EXPECT_EQ(error_in(two, weights), "no error");
}

TEST(CheckWeights, KnowsNetworksApart) {
  Networks swapped = networks();
  std::swap(swapped[NetworkKind::vae_encoder], swapped[NetworkKind::vae_decoder]);
  EXPECT_EQ(error_in(config(), swapped),
            refusal("networks: vae_decoder: its weights are of another network: they have no decoder.conv_in.weight"));
}

}  // namespace
}  // namespace sfumato

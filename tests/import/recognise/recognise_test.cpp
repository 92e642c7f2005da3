#include "import/recognise/recognise.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "import/recognise/weights_of.h"

namespace sfumato {
namespace {

const std::string kUnet = "model.diffusion_model.";

NamedShape conv_in(std::int64_t channels = 4) { return {kUnet + "input_blocks.0.0.weight", {8, channels, 3, 3}}; }
NamedShape cross_attention(std::int64_t width) {
  return {kUnet + "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", {8, width}};
}

NamedShape last() { return {kUnet + "out.2.weight", {4, 8, 3, 3}}; }

NamedShape middle_block(int transformer_block) {
  return {kUnet + "middle_block.1.transformer_blocks." + std::to_string(transformer_block) + ".norm1.bias"};
}

std::string error_in(const std::vector<NamedShape>& tensors) {
  const WeightFile file = weights_of(tensors);
  return error_of([&] { (void)recognise(file); });
}

bool says(const std::vector<NamedShape>& tensors, const std::string& words) {
  const std::string error = error_in(tensors);
  return error.starts_with("bad_data: x: ") && error.find(words) != std::string::npos;
}

TEST(Recognise, KnowsFamiliesByTheirUnet) {
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(768), middle_block(0)})), Family::sd1);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(1024), middle_block(0)})), Family::sd2);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(2048), middle_block(9)})), Family::sdxl);
}

TEST(Recognise, NamesFilesOfTwoFamilies) {
  EXPECT_EQ(error_in({conv_in(), cross_attention(768), {"conditioner.embedders.1.model.x"}}),
            "bad_data: x: of two families: its U-Net is of Stable Diffusion 1.x, its conditioner.embedders.1.* are of "
            "Stable Diffusion XL. Give a file with one model.");
  EXPECT_TRUE(says({conv_in(), last(), cross_attention(768), {"double_blocks.0.img_attn.norm.key_norm.scale"}},
                   "of two families: it has a U-Net of Stable Diffusion, and is a Flux model"));
}

TEST(Recognise, TakesWhatIsLeftOfAdaptersForUnused) {
  const std::vector<NamedShape> whole = {conv_in(), last(), cross_attention(768), middle_block(0)};
  for (const std::string name : {"lora_unet_x.lora_down.weight", "control_model.input_blocks.0.0.weight"}) {
    std::vector<NamedShape> tensors = whole;
    tensors.push_back({name});
    EXPECT_EQ(recognise(weights_of(tensors)), Family::sd1);
  }
}

TEST(Recognise, TakesOffWhatTrainersPutBeforeAllNames) {
  EXPECT_EQ(recognise(weights_of({{"state_dict.module." + conv_in().name, {8, 4, 3, 3}},
                                  {"state_dict." + cross_attention(2048).name, {8, 2048}}})),
            Family::sdxl);
}

TEST(Recognise, KnowsStableDiffusion2InTheNamesOfSgm) {
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(1024), {"conditioner.embedders.0.model.ln_final.bias"}})),
            Family::sd2);
}

TEST(Recognise, KnowsOtherSizesByTheirTextEncoders) {
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(32), {"cond_stage_model.transformer.x"}})), Family::sd1);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(32), {"cond_stage_model.model.x"}})), Family::sd2);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(32), {"conditioner.embedders.1.model.x"}})), Family::sdxl);
  EXPECT_EQ(error_in({conv_in(), cross_attention(32)}),
            "bad_data: x: a U-Net of an unknown family (cross-attention of width 32; 768, 1024, 2048 and 1280 are "
            "supported).");
}

TEST(Recognise, KnowsModelsForInpainting) {
  const WeightFile inpainting = weights_of({conv_in(9), cross_attention(768), middle_block(0)});
  EXPECT_EQ(recognise(inpainting), Family::sd1);
  EXPECT_TRUE(is_for_inpainting(inpainting));
  EXPECT_FALSE(is_for_inpainting(weights_of({conv_in(4), cross_attention(768)})));
}

TEST(Recognise, KnowsTheRefinerByItsWidthOrByItsOnlyTextEncoder) {
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(1280)})), Family::sdxl_refiner);
  const NamedShape encoder = {"conditioner.embedders.0.model.ln_final.bias"}, labels = {kUnet + "label_emb.0.0.weight"};
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(24), encoder, labels})), Family::sdxl_refiner);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(24), encoder})), Family::sd2);
  EXPECT_EQ(recognise(weights_of({conv_in(), cross_attention(24), labels})), Family::sdxl);
}

TEST(Recognise, NamesModelsThatTakeMoreThanLatents) {
  EXPECT_TRUE(says({conv_in(7), cross_attention(1024)}, "an upscaler"));
  EXPECT_TRUE(says({conv_in(5), cross_attention(1024)}, "a depth-guided model"));
  EXPECT_TRUE(says({conv_in(8), cross_attention(768), {"cc_projection.weight"}}, "a Zero123 model"));
  EXPECT_TRUE(says({conv_in(), cross_attention(1024), {kUnet + "label_emb.0.0.weight"}}, "an unCLIP model"));
  EXPECT_TRUE(says({conv_in(8), cross_attention(1024), {kUnet + "input_blocks.1.1.time_stack.0.norm1.bias"}},
                   "a Stable Video Diffusion model"));
  EXPECT_TRUE(says({conv_in(), {kUnet + "out.2.weight.quant_state.bitsandbytes__nf4"}}, "a model in NF4"));
}

TEST(Recognise, NamesLorasAndTheirFamilies) {
  const std::string block = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.";
  EXPECT_EQ(
      error_in({{block + "lora_down.weight", {4, 768}}, {block + "lora_up.weight", {320, 4}}, {block + "alpha", {}}}),
      "bad_data: x: a LoRA (kohya's names, 3 tensors) for Stable Diffusion 1.x, which changes a model but is not a "
      "whole one. Give the model that it was made for.");
  EXPECT_TRUE(says({{block + "lora_down.weight", {4, 1024}}}, "for Stable Diffusion 2.x"));
  EXPECT_TRUE(
      says({{"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", {4, 1280}}}, "for Stable Diffusion XL"));
  EXPECT_TRUE(says({{"lora_unet_double_blocks_0_img_mlp_0.lora_down.weight", {4, 64}}}, "for Flux"));
  EXPECT_TRUE(says({{"base_model.model.unet.attn2.to_k.lora_A.weight", {4, 2048}}},
                   "a LoRA (PEFT's names, 1 tensors) for "
                   "Stable Diffusion XL"));
  EXPECT_TRUE(says({{"unet.mid_block.attn1.processor.to_q_lora.down.weight", {4, 8}}}, "for an unknown family"));
  EXPECT_TRUE(says({{"lora_unet_x.hada_w1_a", {4, 8}}}, "LoHa"));
}

TEST(Recognise, NamesWhatSteersAModel) {
  EXPECT_TRUE(says({{"control_model.input_blocks.0.0.weight"}}, "a ControlNet"));
  EXPECT_TRUE(says({{"controlnet_cond_embedding.conv_in.weight"}}, "a ControlNet"));
  EXPECT_TRUE(says({{"emb_params", {8, 768}}}, "a textual inversion"));
  EXPECT_TRUE(says({{"<my-cat>", {768}}}, "a textual inversion"));
  EXPECT_TRUE(says({{"clip_l", {8, 768}}, {"clip_g", {8, 1280}}}, "a textual inversion"));
}

TEST(Recognise, NamesPartsOfAModel) {
  EXPECT_TRUE(says({{"decoder.conv_in.weight"}, {"decoder.up.0.block.0.conv1.weight"}}, "an autoencoder (VAE) alone"));
  EXPECT_TRUE(
      says({{"decoder.conv_in.weight"}, {"decoder.up_blocks.0.resnets.0.conv1.weight"}}, "an autoencoder (VAE) alone"));
  EXPECT_TRUE(says({{"conv_in.weight"}, {"down_blocks.0.x"}, {"conv_out.weight"}}, "a U-Net alone"));
  EXPECT_TRUE(says({{"input_blocks.0.0.weight"}, {"out.2.weight"}}, "a U-Net alone"));
  EXPECT_TRUE(says({{"text_model.encoder.layers.0.mlp.fc1.bias"}}, "a text encoder alone"));
}

TEST(Recognise, NamesTaesd) {
  EXPECT_TRUE(says({{"decoder.layers.0.weight"}, {"encoder.layers.0.weight"}}, "TAESD"));
  EXPECT_TRUE(says({{"1.weight"}, {"3.conv.0.weight"}}, "TAESD"));
}

TEST(Recognise, NamesOtherArchitectures) {
  EXPECT_TRUE(says({{kUnet + "joint_blocks.0.x_block.mlp.fc1.weight"}}, "a Stable Diffusion 3 model"));
  EXPECT_TRUE(says({{"double_blocks.0.img_attn.norm.key_norm.scale"}}, "a Flux model"));
  EXPECT_TRUE(says({{"a.b.c", {2, 3}}, {"d.e", {1}}}, "not a Stable Diffusion checkpoint: none of its 2 tensors"));
  EXPECT_TRUE(says({}, "holds no tensors"));
}

TEST(VaeNamesOf, TellsLdmFromDiffusers) {
  EXPECT_EQ(vae_names(weights_of({{"first_stage_model.decoder.conv_in.weight"}, {"first_stage_model.decoder.up.0.x"}})),
            VaeNames::ldm);
  EXPECT_EQ(vae_names(weights_of({{"decoder.conv_in.weight"}, {"decoder.up_blocks.0.x"}})), VaeNames::diffusers);
  EXPECT_EQ(vae_names(weights_of({{"decoder.x"}})), VaeNames::none);
}

}  // namespace
}  // namespace sfumato

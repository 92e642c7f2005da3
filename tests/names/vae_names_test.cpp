#include "names/vae_names.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

ParameterSlot decoder(const std::string& name) { return {NetworkKind::vae_decoder, name}; }
ParameterSlot encoder(const std::string& name) { return {NetworkKind::vae_encoder, name}; }

TEST(VaeNames, TurnsLdmsLevelsOfTheDecoderRound) {
  EXPECT_EQ(ldm_vae_slot("decoder.up.3.block.0.conv1.weight", 4),
            decoder("decoder.up_blocks.0.resnets.0.conv1.weight"));
  EXPECT_EQ(ldm_vae_slot("decoder.up.0.block.2.nin_shortcut.bias", 4),
            decoder("decoder.up_blocks.3.resnets.2.conv_shortcut.bias"));
  EXPECT_EQ(ldm_vae_slot("decoder.up.1.upsample.conv.weight", 4),
            decoder("decoder.up_blocks.2.upsamplers.0.conv.weight"));
  EXPECT_EQ(ldm_vae_slot("encoder.down.1.block.1.norm2.weight", 4),
            encoder("encoder.down_blocks.1.resnets.1.norm2.weight"));
  EXPECT_EQ(ldm_vae_slot("encoder.down.2.downsample.conv.bias", 4),
            encoder("encoder.down_blocks.2.downsamplers.0.conv.bias"));
}

TEST(VaeNames, NamesTheMiddleAndTheEnds) {
  EXPECT_EQ(ldm_vae_slot("decoder.mid.block_1.norm1.weight", 4), decoder("decoder.mid_block.resnets.0.norm1.weight"));
  EXPECT_EQ(ldm_vae_slot("encoder.mid.block_2.conv2.bias", 4), encoder("encoder.mid_block.resnets.1.conv2.bias"));
  EXPECT_EQ(ldm_vae_slot("decoder.mid.attn_1.norm.weight", 4),
            decoder("decoder.mid_block.attentions.0.group_norm.weight"));
  EXPECT_EQ(ldm_vae_slot("decoder.mid.attn_1.q.weight", 4), decoder("decoder.mid_block.attentions.0.to_q.weight"));
  EXPECT_EQ(ldm_vae_slot("encoder.mid.attn_1.proj_out.bias", 4),
            encoder("encoder.mid_block.attentions.0.to_out.0.bias"));
  EXPECT_EQ(ldm_vae_slot("decoder.norm_out.weight", 4), decoder("decoder.conv_norm_out.weight"));
  EXPECT_EQ(ldm_vae_slot("encoder.conv_in.weight", 4), encoder("encoder.conv_in.weight"));
  EXPECT_EQ(ldm_vae_slot("quant_conv.weight", 4), encoder("quant_conv.weight"));
  EXPECT_EQ(ldm_vae_slot("post_quant_conv.weight", 4), decoder("post_quant_conv.weight"));
}

TEST(VaeNames, KnowsNoOthers) {
  for (const std::string name :
       {"", "decoder", "decoder.", "decoder.up.4.block.0.conv1.weight", "decoder.up.x", "loss.logvar",
        "decoder.mid.attn_2.q.weight", "decoder.mid.attn_1.x.weight", "encoder.down.0.block"}) {
    EXPECT_EQ(ldm_vae_slot(name, 4), std::nullopt) << name;
  }
  EXPECT_EQ(diffusers_vae_slot("loss.logvar"), std::nullopt);
}

TEST(VaeNames, TakesDiffusersNamesAndTheirOlderForms) {
  EXPECT_EQ(diffusers_vae_slot("decoder.mid_block.attentions.0.query.weight"),
            decoder("decoder.mid_block.attentions.0.to_q.weight"));
  EXPECT_EQ(diffusers_vae_slot("encoder.mid_block.attentions.0.proj_attn.bias"),
            encoder("encoder.mid_block.attentions.0.to_out.0.bias"));
  EXPECT_EQ(diffusers_vae_slot("encoder.mid_block.attentions.0.to_v.bias"),
            encoder("encoder.mid_block.attentions.0.to_v.bias"));
  EXPECT_EQ(diffusers_vae_slot("post_quant_conv.bias"), decoder("post_quant_conv.bias"));
}

}  // namespace
}  // namespace sfumato

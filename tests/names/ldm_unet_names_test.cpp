#include "names/ldm_unet_names.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(LdmUnetNames, NamesWhatIsOutsideTheBlocks) {
  EXPECT_EQ(unet_name("time_embed.0.weight", 2), "time_embedding.linear_1.weight");
  EXPECT_EQ(unet_name("time_embed.2.bias", 2), "time_embedding.linear_2.bias");
  EXPECT_EQ(unet_name("label_emb.0.0.weight", 2), "add_embedding.linear_1.weight");
  EXPECT_EQ(unet_name("label_emb.0.2.weight", 2), "add_embedding.linear_2.weight");
  EXPECT_EQ(unet_name("input_blocks.0.0.weight", 2), "conv_in.weight");
  EXPECT_EQ(unet_name("out.0.weight", 2), "conv_norm_out.weight");
  EXPECT_EQ(unet_name("out.2.bias", 2), "conv_out.bias");
}

TEST(LdmUnetNames, CountsLevelsOnTheWayDown) {
  EXPECT_EQ(unet_name("input_blocks.1.0.in_layers.0.weight", 2), "down_blocks.0.resnets.0.norm1.weight");
  EXPECT_EQ(unet_name("input_blocks.2.0.in_layers.2.weight", 2), "down_blocks.0.resnets.1.conv1.weight");
  EXPECT_EQ(unet_name("input_blocks.3.0.op.weight", 2), "down_blocks.0.downsamplers.0.conv.weight");
  EXPECT_EQ(unet_name("input_blocks.4.0.skip_connection.bias", 2), "down_blocks.1.resnets.0.conv_shortcut.bias");
  EXPECT_EQ(unet_name("input_blocks.4.0.emb_layers.1.bias", 2), "down_blocks.1.resnets.0.time_emb_proj.bias");
  EXPECT_EQ(unet_name("input_blocks.8.1.transformer_blocks.9.attn2.to_out.0.bias", 2),
            "down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_out.0.bias");
  EXPECT_EQ(unet_name("input_blocks.11.0.out_layers.3.weight", 2), "down_blocks.3.resnets.1.conv2.weight");
}

TEST(LdmUnetNames, CountsThreeBlocksInTheMiddle) {
  EXPECT_EQ(unet_name("middle_block.0.out_layers.0.bias", 2), "mid_block.resnets.0.norm2.bias");
  EXPECT_EQ(unet_name("middle_block.1.proj_in.weight", 2), "mid_block.attentions.0.proj_in.weight");
  EXPECT_EQ(unet_name("middle_block.2.in_layers.0.bias", 2), "mid_block.resnets.1.norm1.bias");
  EXPECT_EQ(unet_name("middle_block.3.in_layers.0.bias", 2), "");
}

TEST(LdmUnetNames, CountsOneResnetMoreOnTheWayUp) {
  EXPECT_EQ(unet_name("output_blocks.0.0.in_layers.0.weight", 2), "up_blocks.0.resnets.0.norm1.weight");
  // Without attention the change of size is the second child, with one the third.
  EXPECT_EQ(unet_name("output_blocks.2.1.conv.weight", 2), "up_blocks.0.upsamplers.0.conv.weight");
  EXPECT_EQ(unet_name("output_blocks.5.1.norm.weight", 2), "up_blocks.1.attentions.2.norm.weight");
  EXPECT_EQ(unet_name("output_blocks.5.2.conv.bias", 2), "up_blocks.1.upsamplers.0.conv.bias");
  EXPECT_EQ(unet_name("output_blocks.11.0.skip_connection.weight", 2), "up_blocks.3.resnets.2.conv_shortcut.weight");
}

TEST(LdmUnetNames, TakesLevelsOfOtherLengths) {
  EXPECT_EQ(unet_name("input_blocks.2.0.op.weight", 1), "down_blocks.0.downsamplers.0.conv.weight");
  EXPECT_EQ(unet_name("input_blocks.3.1.norm.bias", 1), "down_blocks.1.attentions.0.norm.bias");
  EXPECT_EQ(unet_name("output_blocks.3.0.in_layers.0.bias", 1), "up_blocks.1.resnets.1.norm1.bias");
}

TEST(LdmUnetNames, KnowsNoOthers) {
  for (const std::string name : {"", "input_blocks", "input_blocks.1", "input_blocks.1.0", "input_blocks.x.0.op.weight",
                                 "input_blocks.1.2.norm.weight", "input_blocks.99999999999.0.op.weight",
                                 "input_blocks.-1.0.op.weight", "output_blocks.2.2.norm.weight",
                                 "input_blocks.1.0.in_layers.1.weight", "middle_block.1", "decoder.conv_in.weight"}) {
    EXPECT_EQ(unet_name(name, 2), "") << name;
  }
}

}  // namespace
}  // namespace sfumato

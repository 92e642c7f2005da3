#include "names/unet_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace sfumato {
namespace {

TEST(UnetLayout, CountsTheTransformerBlocksBesideEachResnet) {
  const std::vector<std::string_view> names = {"conv_in.weight",
                                               "down_blocks.0.resnets.0.conv1.weight",
                                               "down_blocks.0.resnets.1.conv1.weight",
                                               "down_blocks.0.downsamplers.0.conv.bias",
                                               "down_blocks.1.resnets.0.conv1.weight",
                                               "down_blocks.1.attentions.0.norm.weight",
                                               "down_blocks.1.attentions.0.transformer_blocks.11.norm1.bias",
                                               "mid_block.resnets.0.conv1.weight",
                                               "up_blocks.0.resnets.0.conv1.weight",
                                               "up_blocks.0.attentions.0.transformer_blocks.0.norm1.bias"};
  EXPECT_EQ(unet_layout(names), "0 0/12|-|1");
}

TEST(UnetLayout, TellsAMiddleWithAttentionFromNone) {
  const std::vector<std::string_view> names = {"mid_block.resnets.0.conv1.weight",
                                               "mid_block.attentions.0.transformer_blocks.2.norm1.bias",
                                               "mid_block.resnets.1.conv1.weight"};
  EXPECT_EQ(unet_layout(names), "|3|");
  EXPECT_EQ(unet_layout({}), "||");
}

}  // namespace
}  // namespace sfumato

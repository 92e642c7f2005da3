#include "names/clip_names.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

constexpr NetworkKind kText = NetworkKind::text_encoder_2;

TEST(ClipNames, PutsBackWhatSomeWritersLeaveOut) {
  EXPECT_EQ(clip_name("embeddings.token_embedding.weight"), "text_model.embeddings.token_embedding.weight");
  EXPECT_EQ(clip_name("text_model.final_layer_norm.bias"), "text_model.final_layer_norm.bias");
  EXPECT_EQ(clip_name("text_projection.weight"), "text_projection.weight");
}

TEST(ClipNames, CutsOpenClipsProjectionsInThree) {
  const std::string attention = "text_model.encoder.layers.3.self_attn.";
  const std::vector<ParameterSlot> wanted = {{kText, attention + "q_proj.bias", Piece::first_third},
                                             {kText, attention + "k_proj.bias", Piece::second_third},
                                             {kText, attention + "v_proj.bias", Piece::last_third}};
  EXPECT_EQ(open_clip_slots("transformer.resblocks.3.attn.in_proj_bias", kText), wanted);
}

TEST(ClipNames, NamesTheRestOfOpenClip) {
  const auto name_of = [](const std::string& name) { return open_clip_slots(name, kText).at(0).name; };
  EXPECT_EQ(name_of("positional_embedding"), "text_model.embeddings.position_embedding.weight");
  EXPECT_EQ(name_of("token_embedding.weight"), "text_model.embeddings.token_embedding.weight");
  EXPECT_EQ(name_of("ln_final.bias"), "text_model.final_layer_norm.bias");
  EXPECT_EQ(name_of("transformer.resblocks.0.ln_1.weight"), "text_model.encoder.layers.0.layer_norm1.weight");
  EXPECT_EQ(name_of("transformer.resblocks.31.ln_2.weight"), "text_model.encoder.layers.31.layer_norm2.weight");
  EXPECT_EQ(name_of("transformer.resblocks.1.mlp.c_fc.bias"), "text_model.encoder.layers.1.mlp.fc1.bias");
  EXPECT_EQ(name_of("transformer.resblocks.1.mlp.c_proj.bias"), "text_model.encoder.layers.1.mlp.fc2.bias");
  EXPECT_EQ(name_of("transformer.resblocks.1.attn.out_proj.bias"),
            "text_model.encoder.layers.1.self_attn.out_proj.bias");
  EXPECT_EQ(open_clip_slots("text_projection", kText),
            (std::vector<ParameterSlot>{{kText, "text_projection.weight", Piece::transposed}}));
}

TEST(ClipNames, KnowsNoOthersOfOpenClip) {
  for (const std::string name : {"", "logit_scale", "transformer.resblocks.", "transformer.resblocks.x.ln_1.weight",
                                 "transformer.resblocks.1.ln_3.weight", "visual.proj"}) {
    EXPECT_TRUE(open_clip_slots(name, kText).empty()) << name;
  }
}

}  // namespace
}  // namespace sfumato

// The U-Net of CompVis' latent-diffusion code (LDM) in diffusers' words.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

// LDM numbers all blocks on the way down and up; diffusers counts levels, and in each level resnets, attentions and one
// change of size. resnets_per_level: resnets of a level on the way down (2 in every published model; one more on the
// way up), from which the one number follows from the other.
//
//   "input_blocks.4.1.norm.weight" -> "down_blocks.1.attentions.0.norm.weight"
//
// ldm_name: without "model.diffusion_model.". Empty if LDM's U-Net has no such tensor.
[[nodiscard]] std::string unet_name(std::string_view ldm_name, int resnets_per_level);

}  // namespace sfumato

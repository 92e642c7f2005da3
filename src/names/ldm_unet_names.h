// diffusers' names of the U-Net of CompVis' latent-diffusion code (LDM).
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

// LDM numbers all input blocks and all output blocks; diffusers numbers levels, and in each level its resnets,
// attentions and one down- or upsampler. resnets_per_level: resnets of a level of the input blocks (2 in every
// published model); the output blocks have one more.
//
//   "input_blocks.4.1.norm.weight" -> "down_blocks.1.attentions.0.norm.weight"
//
// ldm_name: without "model.diffusion_model.". Empty if LDM's U-Net has no such tensor.
[[nodiscard]] std::string unet_name(std::string_view ldm_name, int resnets_per_level);

}  // namespace sfumato

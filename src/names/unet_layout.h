// The blocks of a U-Net, by the names of its tensors.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// Levels of the encoder, the middle, and levels of the decoder, with '|' between these three and '/' between levels. A
// level has one number for each resnet: the transformer blocks of the attention beside it, 0 without attention. The
// middle has that number, '-' for a resnet without attention, or nothing.
//
//   Stable Diffusion XL: "0 0/2 2/10 10|10|10 10 10/2 2 2/0 0 0"
//
// names: in diffusers' names. Those of other parts of the U-Net do not matter.
[[nodiscard]] std::string unet_layout(std::span<const std::string_view> names);

}  // namespace sfumato

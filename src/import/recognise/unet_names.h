// Where the U-Net of a file is, and whose names its tensors have.
#pragma once

#include <string>
#include <string_view>

#include "import/recognise/weight_file.h"

namespace sfumato {

enum class UnetNames { none, ldm, diffusers };

struct UnetPlace {
  UnetNames names = UnetNames::none;
  std::string_view prefix{};  // of its tensors' names: "model.diffusion_model.", or nothing in a file of its own
  bool whole = false;         // its first and its last layer are there
};

[[nodiscard]] UnetPlace find_unet(const WeightFile& file);

// The tensor of this U-Net that LDM names so; nullptr if there is none. The other name is diffusers'.
[[nodiscard]] const StoredTensor* unet_tensor(const WeightFile& file, const UnetPlace& unet, std::string_view ldm,
                                              std::string_view diffusers);

// Columns of its cross-attention's key projection, the width of the conditioning; 0: it has none.
[[nodiscard]] std::int64_t conditioning_width(const WeightFile& file, const UnetPlace& unet);
// Channels that its first layer takes; 0: not known.
[[nodiscard]] std::int64_t input_channels(const WeightFile& file, const UnetPlace& unet);

}  // namespace sfumato

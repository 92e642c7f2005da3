// Models around a U-Net of Stable Diffusion that need more than this program does. Each is named for what it is. What
// learns to draw one of them takes its row away.
#pragma once

#include <string>

#include "import/recognise/unet_names.h"

namespace sfumato {

// "an InstructPix2Pix model (its U-Net takes 8 channels), which edits pictures..."; empty for a model that can be
// drawn with.
[[nodiscard]] std::string named_model(const WeightFile& file, const UnetPlace& unet);

// "TAESD, a small autoencoder for previews..."; empty if the file is none.
[[nodiscard]] std::string named_autoencoder(const WeightFile& file);

}  // namespace sfumato

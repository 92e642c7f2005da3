// What a safetensors file holds, told from the names and shapes of its tensors.
#pragma once

#include <string>

#include "bundle/family.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// The family of a checkpoint in one file, in LDM's names. Throws Error(bad_data), which names what the file is instead
// and says what to do: a LoRA (and of which family), a ControlNet, a pix2pix model, an upscaler, a
// refiner, a textual inversion, a part of a model alone, another architecture, or something unknown.
[[nodiscard]] Family recognise(const WeightFile& file);

// Whether the U-Net of such a checkpoint is made for inpainting: it takes a mask and a masked picture too.
[[nodiscard]] bool is_for_inpainting(const WeightFile& file);

// Whether the file holds an autoencoder, and that in LDM's names (with or without what stands before them in a whole
// checkpoint) or in diffusers'.
enum class VaeNames { none, ldm, diffusers };
[[nodiscard]] VaeNames vae_names(const WeightFile& file);

}  // namespace sfumato

// What a safetensors file holds, by the names and shapes of its tensors.
#pragma once

#include <string>

#include "bundle/family.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// The family of a checkpoint in one file, in LDM's names, by its row's FamilySignature. Throws Error(bad_data), which
// says what the file is and what to do, for anything else: a LoRA (and its family), a ControlNet, a textual inversion,
// a pix2pix model, an upscaler, a refiner, a smaller variant of a family such as SSD-1B, one network alone, another
// architecture, or an unknown one.
[[nodiscard]] Family recognise(const WeightFile& file);

// Whether the U-Net of such a checkpoint is for inpainting: it also takes a mask and a masked image.
[[nodiscard]] bool is_for_inpainting(const WeightFile& file);

// Whose names the autoencoder of the file has: LDM's (with or without the prefix of a whole checkpoint) or diffusers'.
// none: the file has no autoencoder.
enum class VaeNames { none, ldm, diffusers };
[[nodiscard]] VaeNames vae_names(const WeightFile& file);

}  // namespace sfumato

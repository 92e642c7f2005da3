// What a safetensors file holds, by the names and shapes of its tensors.
#pragma once

#include <string>

#include "bundle/family.h"
#include "import/recognise/unet_names.h"

namespace sfumato {

// Throws Error(bad_data), which says what the file is and what to do, if it has no U-Net of a text-to-image model: a
// LoRA (and its family), a ControlNet, a textual inversion, a model of a kind that is named (named_models.h), another
// architecture, an autoencoder or text encoder alone, or something unknown.
void check_kind(const WeightFile& file, const UnetPlace& unet);

// The family of a checkpoint in one file, by its row's FamilySignature. Throws as check_kind() does, and for a U-Net
// alone, tensors of two families, or an unknown family.
[[nodiscard]] Family recognise(const WeightFile& file);

// Whether the U-Net of such a checkpoint is for inpainting: it also takes a mask and a masked image.
[[nodiscard]] bool is_for_inpainting(const WeightFile& file);

// Whether it is Stable Diffusion XL's refiner: its only text encoder is the base model's second one, under the prefix
// of the first.
[[nodiscard]] bool is_refiner(const WeightFile& file, const UnetPlace& unet);

// Whose names the autoencoder of the file has: LDM's (with or without the prefix of a whole checkpoint) or diffusers'.
// none: the file has no autoencoder.
enum class VaeNames { none, ldm, diffusers };
[[nodiscard]] VaeNames vae_names(const WeightFile& file);

}  // namespace sfumato

// diffusers' names of the autoencoder, from those of CompVis' latent-diffusion code (LDM) and of older diffusers.
#pragma once

#include <optional>
#include <string_view>

#include "names/parameter_slot.h"

namespace sfumato {

// levels: of the decoder. LDM numbers its levels from the smallest number of channels, diffusers from the largest.
//
//   "decoder.up.3.block.0.conv1.weight" -> vae_decoder "decoder.up_blocks.0.resnets.0.conv1.weight"
//
// ldm_name: without "first_stage_model.". nullopt if LDM's autoencoder has no such tensor.
[[nodiscard]] std::optional<ParameterSlot> ldm_vae_slot(std::string_view ldm_name, int levels);

// From diffusers' own name, or the one it had before 0.18 ("query" for "to_q", ...). nullopt if neither has it.
[[nodiscard]] std::optional<ParameterSlot> diffusers_vae_slot(std::string_view name);

}  // namespace sfumato

// transformers' names of CLIP's text transformer, from transformers' own (with or without "text_model.") and from
// OpenCLIP's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "names/parameter_slot.h"

namespace sfumato {

// Adds the "text_model." that some writers leave out.
[[nodiscard]] std::string clip_name(std::string_view name);

// Of transformers' names, and of those that stable-diffusion.cpp makes of OpenCLIP's: attention in one piece, and a
// text projection that is OpenCLIP's matrix.
//
//   "text_model.encoder.layers.3.self_attn.in_proj.bias" -> "text_model.encoder.layers.3.self_attn.{q,k,v}_proj.bias"
[[nodiscard]] std::vector<ParameterSlot> clip_slots(std::string_view name, NetworkKind encoder);

//   "transformer.resblocks.3.attn.in_proj_bias" -> "text_model.encoder.layers.3.self_attn.{q,k,v}_proj.bias"
//
// name: without the checkpoint's prefix. Empty if OpenCLIP's text transformer has no such tensor.
[[nodiscard]] std::vector<ParameterSlot> open_clip_slots(std::string_view name, NetworkKind encoder);

}  // namespace sfumato

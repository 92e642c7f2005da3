// CLIP's text transformer in transformers' words: as transformers writes it, with or without "text_model.", and as
// OpenCLIP writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "names/parameter_slot.h"

namespace sfumato {

// transformers' name with the "text_model." that some writers leave out.
[[nodiscard]] std::string clip_name(std::string_view name);

//   "transformer.resblocks.3.attn.in_proj_bias" -> "text_model.encoder.layers.3.self_attn.{q,k,v}_proj.bias"
//
// name: without what stands before it in a checkpoint. Empty if OpenCLIP's text transformer has no such tensor.
[[nodiscard]] std::vector<ParameterSlot> open_clip_targets(std::string_view name, NetworkKind encoder);

}  // namespace sfumato

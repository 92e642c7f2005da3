// Files that change a model and are not one: LoRA, ControlNet, textual inversion and the like.
#pragma once

#include <string>
#include <string_view>

#include "import/recognise/weight_file.h"

namespace sfumato {

// What the file is and what to do instead of importing it; empty if it is not an adapter.
//
//   "a LoRA (kohya's names, 722 tensors) for Stable Diffusion XL, which changes a model but is not a whole one. ..."
[[nodiscard]] std::string adapter_in(const WeightFile& file);

// The group of a tensor of such a file that was left in a whole model ("LoRA tensors"); empty for other tensors.
[[nodiscard]] std::string_view adapter_group(std::string_view tensor);

}  // namespace sfumato

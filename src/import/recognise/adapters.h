// Files that change a model instead of being one: LoRA, ControlNet, textual inversion and their kin.
#pragma once

#include <string>

#include "import/recognise/weight_file.h"

namespace sfumato {

// What the file is, and what to do instead of importing it; empty if it is none of these.
//
//   "a LoRA for Stable Diffusion XL (kohya's names, 722 tensors), which changes a model and is none. ..."
[[nodiscard]] std::string adapter_in(const WeightFile& file);

}  // namespace sfumato

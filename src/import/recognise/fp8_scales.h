// Scaled fp8: weights in F8_E4M3 or F8_E5M2 with a factor each, as ComfyUI and its tools write them.
#pragma once

#include <vector>

#include "import/recognise/classify_tensors.h"

namespace sfumato {

// Gives each "X.weight" in fp8 the number in "X.scale_weight" (or "X.weight_scale") of its file. Those, the scales of
// inputs and the marks become unused tensors. Throws Error(bad_data) for a scale that is not one positive number.
void take_scales(std::vector<ClassifiedTensor>& tensors);

}  // namespace sfumato

// Whether a model can draw the last steps behind another one.
#pragma once

#include "bundle/model_config.h"

namespace sfumato {

// Throws Error(usage): model, what is wrong, what to do; unless `refiner` is a refiner, `base` is none, and both have
// the same latents and noise levels. What their networks predict may differ.
void check_refiner(const ModelConfig& refiner, const ModelConfig& base);

// Throws Error(usage) for a share of the steps that needs a refiner, which is not there.
void check_refiner_switch(const GenerateOptions& options, bool has_refiner);

}  // namespace sfumato

// What a model wants to be given beside a prompt.
#pragma once

#include "bundle/model_config.h"

namespace sfumato {

// Throws Error(usage) if the model draws only from something that the options have not, or not from something that they
// have. Requires check(options).
void check_inputs(const GenerateOptions& options, const ModelConfig& model);

}  // namespace sfumato

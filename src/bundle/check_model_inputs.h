// What a model requires in addition to a prompt.
#pragma once

#include "bundle/model_config.h"

namespace sfumato {

// Throws Error(usage) if the options lack a file that the model requires, or have one that the model does not use.
// Requires check(options).
void check_model_inputs(const GenerateOptions& options, const ModelConfig& model);

}  // namespace sfumato

// What a model requires in addition to a prompt, and what it cannot do.
#pragma once

#include "bundle/model_config.h"

namespace sfumato {

// Throws Error(usage) if the options lack a file that the model requires, have a file or value that the model does not
// use, or need training timesteps of a model of EDM noise.
// Requires check(options).
void check_model_inputs(const GenerateOptions& options, const ModelConfig& model);

// The last of these alone: the options need no training timesteps if the model's noise is EDM.
void check_noise_kind(const GenerateOptions& options, const ModelConfig& model);

}  // namespace sfumato

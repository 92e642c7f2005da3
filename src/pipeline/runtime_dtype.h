// The dtype of the networks, before a bundle is opened.
#pragma once

#include <string>

#include "bundle/model_config.h"
#include "sfumato/options.h"

namespace sfumato {

// As dtype_of() of the bundle with that model.json (sfumato/generator.h).
[[nodiscard]] std::string dtype_of(const ModelConfig& model, const RuntimeOptions& options);

}  // namespace sfumato

// Names of prediction types, as model.json and other programs write them.
#pragma once

#include <optional>
#include <string_view>

#include "bundle/model_config.h"

namespace sfumato {

// "epsilon", "v_prediction" or "sample".
[[nodiscard]] std::string_view name_of(PredictionType type);
// Also takes the aliases "eps" and "v".
[[nodiscard]] std::optional<PredictionType> prediction_type_of(std::string_view name);

}  // namespace sfumato

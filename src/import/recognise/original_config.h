// The .yaml of CompVis' code beside a checkpoint, which A1111 reads too. Only original_config.cpp knows the YAML
// library.
#pragma once

#include <filesystem>
#include <optional>

#include "bundle/model_config.h"

namespace sfumato {

// model.params.parameterization: "eps", "v" or "x0". nullopt if there is no such file, or it does not say that. Throws
// Error(bad_data) if the file is larger than 1 MB, is not YAML (with the line), or names another parameterization.
// Aliases are not followed, so that a small file stays small.
[[nodiscard]] std::optional<PredictionType> original_config_type(const std::filesystem::path& path);

}  // namespace sfumato

// The .yaml of CompVis' code beside a checkpoint, which A1111 reads too. Only original_config.cpp knows the YAML
// library.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/model_config.h"

namespace sfumato {

// model.params.parameterization: "eps", "v" or "x0". nullopt if the text does not say that. Throws Error(bad_data)
// beginning with `where` if it is not YAML (with the line), or names another parameterization. Aliases are not
// followed, so that a small file stays small.
[[nodiscard]] std::optional<PredictionType> original_config_type(std::string_view yaml, const std::string& where);

// The same of a file; nullopt if there is none. Throws Error(bad_data) if it is larger than 1 MB.
[[nodiscard]] std::optional<PredictionType> original_config_beside(const std::filesystem::path& path);

}  // namespace sfumato

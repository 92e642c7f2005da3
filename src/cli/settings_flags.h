// The flags by which a person says what no file of a model says, of `import` and of `model --set`.
#pragma once

#include <vector>

#include "cli/argument_parser.h"
#include "import/write/model_settings.h"

namespace sfumato {

[[nodiscard]] std::vector<FlagSpec> settings_flags();

// Throws Error(usage) for a value that is not one of its flag.
[[nodiscard]] ModelSettings settings_of(const ParsedArgs& args);

// The value of --prediction-type. Throws Error(usage).
[[nodiscard]] PredictionType prediction_type_in(const std::string& text);

// Their part of --help, with a newline at its end.
[[nodiscard]] std::string_view settings_help();

}  // namespace sfumato

// diffusers' scheduler_config.json.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "import/recognise/schedule.h"

namespace sfumato {

// An explicit prediction type wins over the file's. Throws Error(bad_data) beginning with `where` if a value is invalid
// or needs a schedule that is not supported. A setting that only changes how a sampler works, and is ignored, becomes a
// note.
[[nodiscard]] Schedule read_scheduler_config(std::string_view json, const std::string& where,
                                             std::optional<PredictionType> explicit_type);

}  // namespace sfumato

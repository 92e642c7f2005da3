// The size that a picture of a job has.
#pragma once

#include <optional>

#include "base/json.h"
#include "image/decoded_image.h"
#include "sfumato/options.h"

namespace sfumato {

// In pixels; 0 x 0 with `inpaint_area` mask, where it is the init image's.
[[nodiscard]] ImageSize size_of_picture(const GenerateOptions& options);

// The same from the values in a picture or a journal (jobs/options_json.h); nullopt if they do not say it.
[[nodiscard]] std::optional<ImageSize> size_in(const JsonObject& values);

}  // namespace sfumato

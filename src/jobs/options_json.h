// Options of a picture as JSON and as text.
#pragma once

#include <string>

#include "base/json.h"
#include "jobs/job_option.h"

namespace sfumato {

// A value as it is written on the command line; the shortest text that reads back as the same number.
[[nodiscard]] std::string text_of(const Json& value);
// A JSON value of an option as that text. Throws Error(usage) for a value of the wrong type: "7" is not a number.
[[nodiscard]] std::string text_from_json(const JobOption& option, const Json& value);

// The options under their names, as in the `sfumato` chunk of a PNG and in --json events.
[[nodiscard]] JsonObject options_json(const GenerateOptions& options);
// The subset that is part of the picture's key.
[[nodiscard]] JsonObject key_options_json(const GenerateOptions& options);

// Reads what options_json() wrote; the defaults hold for missing names. Ignores names that are not options. Throws
// Error(usage) for an invalid value.
[[nodiscard]] GenerateOptions options_from_json(const JsonObject& object, const GenerateOptions& defaults);

}  // namespace sfumato

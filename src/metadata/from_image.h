// --from-image: the values of a picture that is there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "jobs/job.h"
#include "jobs/option_settings.h"
#include "sfumato/options.h"

namespace sfumato {

struct FromImage {
  GenerateOptions options{};         // the picture's values over the model's own
  bool has_prompt = false;           // the picture tells one
  bool has_size = false;             // and how large it is
  std::optional<Dtype> dtype{};      // of the networks that drew it, if they were those of the model in use
  std::vector<std::string> notes{};  // one printable line each: what of it was not taken, and why
};

// The values that a PNG of any program tells (metadata/image_record.h). The model is not taken from it: model_digest
// is the one in use, and a picture of another is noted; empty: it is not known yet. said: what is said beside it counts
// more. Throws Error(input_missing) or Error(bad_data) if the file is no PNG or does not say how it was made, and
// Error(input_missing) if a file that it was made from, and that nobody says anew, is neither at its path nor beside
// it.
[[nodiscard]] FromImage from_image(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                                   const std::string& model_digest, const OptionSettings& said = {});

// The values that hold where nothing is said: those of the picture, or without one (an empty path) the model's.
[[nodiscard]] FromImage base_values(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                                    const std::string& model_digest, const OptionSettings& said);

}  // namespace sfumato

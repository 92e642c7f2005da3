// --from-image: the values of an existing picture.
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
  GenerateOptions options{};         // the picture's values over the model's defaults
  bool has_prompt = false;           // the picture records one
  bool has_size = false;             // the picture records width or height
  std::optional<Dtype> dtype{};      // of its networks, if the model in use made it; else nullopt
  std::vector<std::string> notes{};  // one printable line each: what is not used, and why
};

// The models in use, by their digests. A picture of others is noted.
struct ModelsInUse {
  std::string model{};       // empty: unknown
  std::string model_hash{};  // by which pictures of other programs name it
  std::string refiner{};     // empty: none
};

// The values of a PNG of any program (metadata/image_record.h). Without a refiner its share of the steps is left out.
// explicit_settings: of the command line; they override the picture's. Throws
// Error(input_missing) or Error(bad_data) if the file is not a PNG or has no metadata, and Error(input_missing) if a
// file that it was made from, and that is not given explicitly, is neither at its path nor in the picture's folder as a
// regular file with the SHA-256 that the picture names.
[[nodiscard]] FromImage from_image(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                                   const ModelsInUse& in_use, const OptionSettings& explicit_settings = {});

// The same; for an empty path the model's defaults.
[[nodiscard]] FromImage base_values(const std::filesystem::path& path, const GenerateOptions& model_defaults,
                                    const ModelsInUse& in_use, const OptionSettings& explicit_settings);

}  // namespace sfumato

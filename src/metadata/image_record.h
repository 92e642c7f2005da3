// The metadata of a PNG: how it was made, whichever program wrote it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "image/png.h"
#include "sfumato/options.h"

namespace sfumato {

struct ImageRecord {
  // A value of an option of this program.
  struct Value {
    std::string name;    // of the option (jobs/job_options.h): cfg_scale
    std::string text;    // as on the command line
    std::string origin;  // where it was found: "sfumato", "parameters: CFG scale", "prompt: node 3, cfg"
  };
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::string program;         // "sfumato", "AUTOMATIC1111", "ComfyUI", "stable-diffusion.cpp"; empty: an unknown
                               // one that writes as AUTOMATIC1111 does
  std::string version;         // of the program; empty: not recorded
  std::string key;             // of the job; of sfumato only, as the two below
  std::string model_digest;    // Bundle::digest()
  std::string dtype;           // of the networks
  std::string model;           // as the program names it
  std::string model_hash;      // the first 10 digits of the checkpoint's SHA-256; empty: not recorded
  std::string refiner;         // likewise; empty: without a refiner
  std::string refiner_digest;  // Bundle::digest() of it; of sfumato only
  std::vector<Value> values;
  Pairs unmapped;  // names and values without a counterpart here
  Pairs warnings;  // what was not understood: where, and why
};

// The record of a PNG with these text chunks; nullopt if none of them is metadata of a known form. What is wrong in
// them becomes a warning and is never thrown. Takes time in proportion to the texts. `values` has each option once,
// with the last value; `unmapped` is limited (record_limits.h), and a warning says how many are left out.
[[nodiscard]] std::optional<ImageRecord> record_of(std::span<const PngText> texts);

// The values of the record over the defaults, and the options derived from them. A value that is not legal here stays
// at its default and is added to the warnings.
[[nodiscard]] GenerateOptions options_of(ImageRecord& record, const GenerateOptions& defaults);

}  // namespace sfumato

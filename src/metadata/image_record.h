// What a PNG says of how it was made, whichever program wrote it.
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
  // A value that this program has a name for.
  struct Value {
    std::string name;    // of the option (jobs/job_options.h): cfg_scale
    std::string text;    // as on the command line
    std::string origin;  // where it stands: "sfumato", "parameters: CFG scale", "prompt: node 3, cfg"
  };
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::string program;  // "sfumato", "AUTOMATIC1111", "ComfyUI", "stable-diffusion.cpp"; empty: an unknown one that
                        // writes as AUTOMATIC1111 does
  std::string version;  // of the program; empty: it does not say
  std::string key;      // of the job; sfumato only, as the two below
  std::string model_digest;  // SHA-256 of the bundle
  std::string dtype;         // of the networks
  std::string model;         // as the program names it
  std::vector<Value> values;
  Pairs unmapped;  // what has no counterpart here, in the program's own words
  Pairs warnings;  // what could not be understood: where, and why
};

// The record of a PNG with these texts; nothing if none of them tells of its making. Never throws for what is in them:
// that is a doubt.
[[nodiscard]] std::optional<ImageRecord> record_of(std::span<const PngText> texts);

// The values of the record over the defaults, with what follows from them. A value that is not legal here is left at
// its default and added to the doubts.
[[nodiscard]] GenerateOptions options_of(ImageRecord& record, const GenerateOptions& defaults);

}  // namespace sfumato

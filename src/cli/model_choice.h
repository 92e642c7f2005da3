// How the command line says that a model is to be read.
#pragma once

#include <string>
#include <vector>

#include "cli/checkpoint_flags.h"
#include "import/write/model_settings.h"
#include "sfumato/trust.h"

namespace sfumato {

struct ModelChoice {
  CheckpointChoice checkpoint{};
  ModelSettings settings{};       // of a checkpoint
  std::string checkpoint_flag{};  // one that was given and that a bundle does not take; empty: none
  Trust trust = Trust::known;
  bool is_quiet = false;  // shows no progress
};

// checkpoint_flags(), --prediction-type, --zero-snr, --trust, --trust-all and --quiet, for commands other than the one
// that draws, whose table is cli/flags.cpp.
[[nodiscard]] std::vector<FlagSpec> choice_flags();
[[nodiscard]] ModelChoice model_choice(const ParsedArgs& args);

// flag: one of checkpoint_flags(), --prediction-type, --zero-snr. Throws Error(usage) that begins with the flag.
void set_choice(ModelChoice& choice, const std::string& flag, const std::string& text);

}  // namespace sfumato

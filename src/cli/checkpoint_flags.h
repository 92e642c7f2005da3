// The flags by which a person says how a checkpoint is to be read: of `import`, of `model`, and of a run that draws
// with a checkpoint in place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/argument_parser.h"
#include "import/recognise/checkpoint.h"

namespace sfumato {

struct CheckpointChoice {
  CheckpointOptions options{};
  std::optional<std::string> graphs{};  // a folder with graphs of another architecture
};

// --unet, --text-encoder, --text-encoder-2, --vae, --variant, --ema, --guidance-embedding, --graphs.
[[nodiscard]] std::vector<FlagSpec> checkpoint_flags();

// flag: one of them; text: its value. Throws Error(usage) that begins with the flag.
void set_checkpoint_flag(CheckpointChoice& choice, std::string_view flag, const std::string& text);

// Those of a command line.
[[nodiscard]] CheckpointChoice checkpoint_choice(const ParsedArgs& args);

}  // namespace sfumato

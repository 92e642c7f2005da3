// --trust and --trust-all of the commands.
#pragma once

#include "cli/argument_parser.h"
#include "sfumato/trust.h"

namespace sfumato {

[[nodiscard]] inline Trust trust_of(const ParsedArgs& args) {
  if (args.has("--trust-all")) return Trust::all;
  return args.has("--trust") ? Trust::checked : Trust::known;
}

}  // namespace sfumato

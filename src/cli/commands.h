// What the program can do: each command takes the words after its name and returns the exit code.
#pragma once

#include <span>
#include <string_view>

#include "run/exit_code.h"

namespace sfumato {

using Arguments = std::span<const char* const>;

// sfumato [OPTIONS] PROMPT
ExitCode generate_command(Arguments arguments);
// sfumato explain [OPTIONS] PROMPT
ExitCode explain_command(Arguments arguments);
// sfumato inspect FILE...
ExitCode inspect_command(Arguments arguments);
// sfumato verify FILE|FOLDER...
ExitCode verify_command(Arguments arguments);

// sfumato status [--json] FOLDER
ExitCode status_command(Arguments arguments);

// sfumato import SOURCE -o BUNDLE
ExitCode import_command(Arguments arguments);

// sfumato model PATH
ExitCode model_command(Arguments arguments);

struct Command {
  std::string_view name;
  ExitCode (*run)(Arguments arguments);
};

// The command that the first word names: `sfumato NAME ...`; nullptr if it names none, and pictures are wanted. A
// prompt that is such a word is said with --prompt.
[[nodiscard]] const Command* find_command(std::string_view word);

}  // namespace sfumato

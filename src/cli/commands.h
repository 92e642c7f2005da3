// The commands of the program. Each takes the arguments after its name and returns the exit code.
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

// `sfumato NAME ...`; nullptr if no command has that name: then the arguments are those of generate_command. A prompt
// that is the name of a command is given with --prompt.
[[nodiscard]] const Command* find_command(std::string_view name);

// Prints a text such as --help to standard output: ok, or io_error.
ExitCode print_text(std::string_view text);

}  // namespace sfumato

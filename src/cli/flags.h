// The flags of `sfumato PROMPT`: a row for each one that is not an option of a picture.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/argument_parser.h"
#include "cli/cli_options.h"

namespace sfumato {

struct RunFlag {
  std::string_view name;        // "--output"
  std::string_view letter{};    // "-o"; empty: none
  std::string_view argument{};  // in --help: NAME; empty: a switch
  std::string_view group{};     // its heading in --help
  std::string_view help{};
  // text: the value; "true" of a switch. Throws Error(usage) that begins with the flag.
  void (*set)(CliOptions& options, const std::string& text) = nullptr;
};

// In the order of --help.
[[nodiscard]] std::span<const RunFlag> run_flags();

// The row of "--model" or "-m"; nullptr if it is not in the table.
[[nodiscard]] const RunFlag* find_run_flag(std::string_view flag);
[[nodiscard]] bool is_run_flag(std::string_view flag);

// All flags of the command: options of a picture, run_flags() and --version.
[[nodiscard]] std::vector<FlagSpec> generate_flags();

}  // namespace sfumato

// The flags that are not options of a picture, one row each: for the whole run.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli.h"

namespace sfumato {

struct RunFlag {
  std::string_view name;        // "--output"
  std::string_view letter{};    // "-o", or nothing
  std::string_view aliases{};   // separated by commas, with dashes
  std::string_view argument{};  // in --help: NAME; empty: it is a switch
  std::string_view group{};     // its heading in --help
  std::string_view help{};      // lines of --help
  std::string_view choices{};   // the words it takes, separated by spaces, if it takes no others
  // text: what was given; of a switch, nothing. Throws Error(usage) that begins with the flag.
  void (*set)(CliOptions& options, const std::string& text) = nullptr;
};

// In the order of --help.
[[nodiscard]] std::span<const RunFlag> run_flags();

// Whether "--model" or "-m" is one of them, under any of its names.
[[nodiscard]] bool is_run_flag(std::string_view flag);

// All long flags, those of pictures too, for "Did you mean".
[[nodiscard]] std::vector<std::string> long_flags();

}  // namespace sfumato

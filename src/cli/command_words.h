// The words after the name of a command: its flags and what else was given.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

struct CommandFlag {
  std::string_view name;      // "--model"
  std::string_view letter{};  // "-m", or nothing
  bool takes_value = false;
};

struct CommandWords {
  std::map<std::string, std::string, std::less<>> flags;  // by name; of a switch an empty text
  std::vector<std::string> others;                        // in their order
  bool help = false;                                      // -h or --help was among them

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
  [[nodiscard]] std::optional<std::string> value(std::string_view flag) const;
};

// As on the rest of the command line: "--x=y" is "--x y", '_' is '-', and after "--" nothing is a flag. Throws
// Error(usage) for a flag that is not known, has no value, has one that it does not take, or comes twice.
[[nodiscard]] CommandWords parse_command(std::span<const char* const> arguments, std::span<const CommandFlag> known);

}  // namespace sfumato

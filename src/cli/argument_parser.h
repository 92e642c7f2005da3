// The one parser of command lines: a table of flags in, their values and the positional arguments out.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

// A flag of a command. Every command also has -h and --help.
struct FlagSpec {
  enum class Value {
    none,     // a switch
    boolean,  // a switch with a value of its own: --x, --no-x, --x=false
    text,     // takes a value
  };
  std::string name;                    // "--output"
  std::string letter{};                // "-o"; empty: none
  std::vector<std::string> aliases{};  // other long names
  Value value = Value::none;
};

struct ParsedArgs {
  struct Setting {
    std::string name;  // FlagSpec::name; empty: the first positional argument
    std::string text;  // the value; "true" or "false" of a boolean, "true" of a switch
  };
  std::vector<Setting> settings;         // in the order of the command line; no name appears twice
  std::vector<std::string> positionals;  // in their order, the first one too
  bool help = false;                     // -h or --help; then nothing else is filled in

  [[nodiscard]] bool has(std::string_view name) const { return value(name).has_value(); }
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
};

// arguments: without the names of the program and the command. In a flag's name '_' is '-'; "--x=y" is "--x y"; after
// "--" every argument is positional. Values stay as they are. Throws Error(usage) for a flag that is unknown, is
// repeated, has no value, or has one that it does not take.
[[nodiscard]] ParsedArgs parse_arguments(std::span<const char* const> arguments, std::span<const FlagSpec> flags);

}  // namespace sfumato

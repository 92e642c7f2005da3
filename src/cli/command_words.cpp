#include "cli/command_words.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

[[noreturn]] void refuse_unknown(const std::string& word, std::span<const CommandFlag> known) {
  std::vector<std::string> names = {"--help"};
  for (const CommandFlag& flag : known) names.emplace_back(flag.name);
  const std::string near = nearest(word, names);
  refuse(printable(word) + ": no such flag." + (near.empty() ? "" : " Did you mean " + near + "?"));
}

}  // namespace

std::optional<std::string> CommandWords::value(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::nullopt : std::optional(found->second);
}

CommandWords parse_command(std::span<const char* const> arguments, std::span<const CommandFlag> known) {
  CommandWords words;
  bool flags = true;  // until "--"
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string argument = arguments[i];
    if (flags && argument == "--") {
      flags = false;
      continue;
    }
    if (!flags || argument.size() < 2 || argument.front() != '-') {
      words.others.push_back(argument);
      continue;
    }
    const std::size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
    std::string name = argument.substr(0, equals);
    if (name.starts_with("--")) std::ranges::replace(name, '_', '-');
    if (name == "-h" || name == "--help") {
      words.help = true;
      continue;
    }
    const auto flag =
        std::ranges::find_if(known, [&](const CommandFlag& one) { return one.name == name || one.letter == name; });
    if (flag == known.end()) refuse_unknown(name, known);
    std::string value;
    if (flag->takes_value) {
      if (equals == std::string::npos && i + 1 == arguments.size()) refuse(name + ": a value is missing.");
      value = equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1);
    } else if (equals != std::string::npos) {
      refuse(name + ": takes no value.");
    }
    if (!words.flags.emplace(flag->name, value).second) refuse(name + ": is given more than once.");
  }
  return words;
}

}  // namespace sfumato

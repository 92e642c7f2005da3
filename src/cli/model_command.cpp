// sfumato model PATH: describes a bundle or a checkpoint. Executes nothing of it.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <vector>

#include "base/json.h"
#include "base/printable.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "import/recognise/describe.h"

namespace sfumato {
namespace {

constexpr std::string_view kHelp =
    R"(sfumato model describes a model: family, parameters, types, noise schedule, licence, digests.

  sfumato model PATH

  sfumato model default
  sfumato model v1-5-pruned-emaonly.safetensors --json

PATH is a bundle (its folder, or a name as --model takes it), a .safetensors file, or a diffusers folder. All files of a bundle are
checked against their digests. Nothing is executed.

  --no-digest   do not compute the SHA-256 of a checkpoint's files, which takes about a second for a gigabyte
  --json        one line of JSON
)";

std::string text_of(const Json& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  return text != nullptr ? printable(*text, 400) : dump_json(value);
}

// If the text is a colour ("#8d5524"): two spaces in it, for terminals.
std::string square_of(const std::string& text) {
  std::uint32_t colour = 0;
  if (text.size() != 7 || text.front() != '#' ||
      std::from_chars(text.data() + 1, text.data() + 7, colour, 16).ptr != text.data() + 7) {
    return "";
  }
  return "\x1b[48;2;" + std::to_string(colour >> 16) + ";" + std::to_string(colour >> 8 & 0xFF) + ";" +
         std::to_string(colour & 0xFF) + "m  \x1b[0m ";
}

// A line "key: value"; an object is indented below its key.
void print(std::ostream& out, const JsonObject& object, const std::string& indent, bool show_colours) {
  for (const auto& [key, value] : object) {
    out << indent << printable(key) << ":";
    if (const auto* inner = std::get_if<JsonObject>(&value.value)) {
      out << '\n';
      print(out, *inner, indent + "  ", show_colours);
    } else {
      const std::string text = text_of(value);
      out << ' ' << (show_colours ? square_of(text) : "") << text << '\n';
    }
  }
}

// A path, or the name of a bundle as --model takes it.
std::filesystem::path path_of(const std::string& name) {
  std::error_code error;
  return std::filesystem::exists(name, error) ? std::filesystem::path(name) : find_model(name);
}

}  // namespace

ExitCode model_command(Arguments arguments) {
  const std::vector<FlagSpec> flags = {{.name = "--json"}, {.name = "--no-digest"}, {.name = "--debug"}};
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(kHelp);
  if (args.positionals.size() != 1) {
    throw Error(ErrorKind::usage, "model: " + std::to_string(args.positionals.size()) +
                                      " paths are given, one is expected: sfumato model PATH.");
  }
  const JsonObject description = describe(path_of(args.positionals.front()), !args.has("--no-digest"));
  if (args.has("--json")) {
    std::cout << dump_json({description}) << '\n';
  } else {
    print(std::cout, description, "", isatty(STDOUT_FILENO) == 1);
  }
  return print_text("");
}

}  // namespace sfumato

// sfumato model PATH: what a bundle or a checkpoint is. Nothing of it is run.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "base/json.h"
#include "base/printable.h"
#include "cli/command_words.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "import/recognise/describe.h"

namespace sfumato {
namespace {

constexpr std::array<CommandFlag, 3> kFlags = {{
    {"--json", "", false},
    {"--no-digest", "", false},
    {"--debug", "", false},
}};

constexpr std::string_view kHelp =
    R"(sfumato model tells what a model is: family, parameters, types, noise schedule, licence, digests.

  sfumato model PATH

  sfumato model default
  sfumato model v1-5-pruned-emaonly.safetensors --json

PATH is a bundle (its folder, or a name as --model takes it), a .safetensors file, or a folder of diffusers. A bundle's files are all
checked against their digests. Nothing is executed.

  --no-digest   do not compute the SHA-256 of a checkpoint's files, which takes a second or so for a gigabyte
  --json        one line of JSON
)";

std::string text_of(const Json& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  return text != nullptr ? printable(*text, 400) : dump_json(value);
}

// Two spaces on that colour, for terminals, if the text is one ("#8d5524").
std::string square_of(const std::string& text) {
  std::uint32_t colour = 0;
  if (text.size() != 7 || text.front() != '#' ||
      std::from_chars(text.data() + 1, text.data() + 7, colour, 16).ptr != text.data() + 7) {
    return "";
  }
  return "\x1b[48;2;" + std::to_string(colour >> 16) + ";" + std::to_string(colour >> 8 & 0xFF) + ";" +
         std::to_string(colour & 0xFF) + "m  \x1b[0m ";
}

// "key: value" a line; an object in a line of its own, indented.
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

// A bundle may be named as --model names it.
std::filesystem::path path_of(const std::string& name) {
  std::error_code error;
  return std::filesystem::exists(name, error) ? std::filesystem::path(name) : find_model(name);
}

}  // namespace

ExitCode model_command(Arguments arguments) {
  const CommandWords words = parse_command(arguments, kFlags);
  if (words.help) {
    std::cout << kHelp << std::flush;
    return std::cout ? ExitCode::ok : ExitCode::io_error;
  }
  if (words.others.size() != 1)
    throw Error(ErrorKind::usage, "model: the path of one model is wanted: sfumato model PATH.");
  const JsonObject description = describe(path_of(words.others.front()), !words.has("--no-digest"));
  if (words.has("--json")) {
    std::cout << dump_json({description}) << '\n';
  } else {
    print(std::cout, description, "", isatty(STDOUT_FILENO) == 1);
  }
  std::cout << std::flush;
  return std::cout ? ExitCode::ok : ExitCode::io_error;
}

}  // namespace sfumato

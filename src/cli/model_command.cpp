// sfumato model PATH: describes a bundle or a checkpoint. Executes nothing of it.
#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/console.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/settings_flags.h"
#include "import/recognise/describe.h"

namespace sfumato {
namespace {

constexpr std::string_view kHelp =
    R"(sfumato model describes a model: family, parameters, types, noise schedule, licence, digests. With --set it changes a bundle.

  sfumato model PATH
  sfumato model FOLDER --set ...

  sfumato model default
  sfumato model v1-5-pruned-emaonly.safetensors --json
  sfumato model models/turbo --set --steps 4 --cfg-scale 1 --sampling-method euler --scheduler sgm_uniform

PATH is a bundle (its folder, or a name as --model takes it), a .safetensors file, or a diffusers folder. All files of a bundle are
checked against their digests. Nothing is executed.

  --no-digest   do not compute the SHA-256 of a checkpoint's files, which takes about a second for a gigabyte
  --json        one line of JSON
  --set         write the values of these flags into the bundle's model.json before it is described; its digest, by which pictures
                name their model, changes with it:

)";

std::string text_of(const Json& value) {
  const auto* text = std::get_if<std::string>(&value.value);
  return text != nullptr ? printable(*text, 400) : dump_json(value);
}

// 0xRRGGBB if the text is a colour such as "#8d5524".
std::optional<std::uint32_t> colour_in(const std::string& text) {
  std::uint32_t colour = 0;
  if (text.size() != 7 || text.front() != '#' ||
      std::from_chars(text.data() + 1, text.data() + 7, colour, 16).ptr != text.data() + 7) {
    return std::nullopt;
  }
  return colour;
}

// A line "key: value"; an object is indented below its key.
void print(Console& out, const JsonObject& object, const std::string& indent) {
  for (const auto& [key, value] : object) {
    const std::string name = indent + printable(key) + ":";
    if (const auto* inner = std::get_if<JsonObject>(&value.value)) {
      out.line(name);
      print(out, *inner, indent + "  ");
    } else if (const std::string text = text_of(value); const std::optional<std::uint32_t> colour = colour_in(text)) {
      out.line_with_square(name + " ", *colour, text);
    } else {
      out.line(name + " " + text);
    }
  }
}

// A path, or the name of a bundle as --model takes it.
std::filesystem::path path_of(const std::string& name) {
  std::error_code error;
  return std::filesystem::exists(name, error) ? std::filesystem::path(name) : find_model(name);
}

void set(const ParsedArgs& args, const std::filesystem::path& path) {
  const ModelSettings settings = settings_of(args);
  if (args.has("--set") == !settings.is_empty()) {
    if (args.has("--set")) change_bundle(path, settings);
    return;
  }
  throw Error(ErrorKind::usage, args.has("--set") ? "--set: no value is given. Name one, such as --steps 4."
                                                  : "model: a value is given, but nothing is changed without --set.");
}

}  // namespace

ExitCode model_command(Arguments arguments) {
  std::vector<FlagSpec> flags = settings_flags();
  for (const char* name : {"--set", "--json", "--no-digest", "--debug"}) flags.push_back({.name = name});
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(std::string(kHelp) + std::string(settings_help()));
  if (args.positionals.size() != 1) {
    throw Error(ErrorKind::usage, "model: " + std::to_string(args.positionals.size()) +
                                      " paths are given, one is expected: sfumato model PATH.");
  }
  const std::filesystem::path path = path_of(args.positionals.front());
  set(args, path);
  const JsonObject description = describe(path, !args.has("--no-digest"));
  if (args.has("--json")) {
    standard_output().json({description});
  } else {
    print(standard_output(), description, "");
  }
  standard_output().check();
  return ExitCode::ok;
}

}  // namespace sfumato

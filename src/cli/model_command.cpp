// sfumato model PATH: describes a bundle or a checkpoint. Executes nothing of it.
#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/console.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/argument_parser.h"
#include "cli/checkpoint_graphs.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/settings_flags.h"
#include "cli/trust_flags.h"
#include "import/recognise/describe.h"
#include "import/write/model_numbers.h"

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
checked against their digests. Of a checkpoint it says what sfumato import would make of it; if that would refuse it, the error says
"cannot be imported: ..." with the same words and exit code. Nothing is executed.

  --no-digest   do not compute the SHA-256 of a checkpoint's files, which takes about a second for a gigabyte
  --graphs FOLDER, --trust, --trust-all   as for sfumato import
  --json        one line of JSON
  --set         write the values of the flags below into the bundle's model.json before it is described; its digest, by which
                pictures name their model, changes with it. For a checkpoint they say what import would make of it with them:

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

void set(const ParsedArgs& args, const std::filesystem::path& path, const ModelSettings& settings) {
  if (args.has("--set") && settings.is_empty()) {
    throw Error(ErrorKind::usage, "--set: no value is given. Name one, such as --steps 4.");
  }
  if (args.has("--set")) return change_bundle(path, settings);
  if (!settings.is_empty() && is_bundle(path)) {
    throw Error(ErrorKind::usage, "model: a value is given, but nothing of a bundle is changed without --set.");
  }
}

// What import makes of a checkpoint, as far as the names, shapes and dtypes of its tensors tell.
struct Described {
  JsonObject description{};
  std::optional<Error> refusal{};  // import would refuse it
};

Error refusal_of(const Error& error) { return {error.kind(), "cannot be imported: " + std::string(error.what())}; }

std::optional<Checkpoint> recognised(const std::filesystem::path& path, const ModelSettings& settings,
                                     std::optional<Error>& refusal) {
  try {
    return open_checkpoint(path, {.prediction_type = settings.prediction_type});
  } catch (const Error& error) {
    refusal = refusal_of(error);
    return std::nullopt;
  }
}

std::optional<ModelConfig> imported_config(const Checkpoint& checkpoint, const ParsedArgs& args,
                                           std::optional<Error>& refusal) {
  try {
    const GraphSet graphs = graphs_for(checkpoint, args.value("--graphs"), trust_of(args));
    (void)map_weights(checkpoint.tensors, graphs.parameters, checkpoint.where);
    ModelConfig config = config_of(checkpoint, graphs);
    apply(settings_of(args), config);
    return config;
  } catch (const Error& error) {
    refusal = refusal_of(error);
    return std::nullopt;
  }
}

Described describe_import(const std::filesystem::path& path, const ParsedArgs& args) {
  Described described;
  const std::optional<Checkpoint> checkpoint = recognised(path, settings_of(args), described.refusal);
  if (!checkpoint) return described;
  const std::optional<ModelConfig> config = imported_config(*checkpoint, args, described.refusal);
  described.description = describe_checkpoint(path, *checkpoint, config ? &*config : nullptr, !args.has("--no-digest"));
  return described;
}

}  // namespace

ExitCode model_command(Arguments arguments) {
  std::vector<FlagSpec> flags = settings_flags();
  flags.push_back({.name = "--graphs", .value = FlagSpec::Value::text});
  for (const char* name : {"--set", "--trust", "--trust-all", "--json", "--no-digest", "--debug"}) {
    flags.push_back({.name = name});
  }
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(std::string(kHelp) + std::string(settings_help()));
  if (args.positionals.size() != 1) {
    throw Error(ErrorKind::usage, "model: " + std::to_string(args.positionals.size()) +
                                      " paths are given, one is expected: sfumato model PATH.");
  }
  const std::filesystem::path path = path_of(args.positionals.front());
  set(args, path, settings_of(args));
  const Described described =
      is_bundle(path) ? Described{.description = describe_bundle(path)} : describe_import(path, args);
  if (described.description.empty()) throw Error(*described.refusal);
  if (args.has("--json")) {
    standard_output().json({described.description});
  } else {
    print(standard_output(), described.description, "");
  }
  standard_output().check();
  if (described.refusal) throw Error(*described.refusal);
  return ExitCode::ok;
}

}  // namespace sfumato

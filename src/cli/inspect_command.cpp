// sfumato inspect FILE...: how PNGs were made, by their own metadata.
#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/console.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "image/read_png.h"
#include "jobs/flag_words.h"
#include "metadata/image_record.h"

namespace sfumato {
namespace {

constexpr std::size_t kWholeText = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kShownText = 400;  // bytes of a value that has no counterpart here
constexpr std::size_t kColumn = 18;      // where values begin

constexpr std::string_view kHelp =
    "usage: sfumato inspect [--json] FILE...\n"
    "\n"
    "Prints the metadata of PNGs made by sfumato, AUTOMATIC1111, ComfyUI and stable-diffusion.cpp.\n"
    "Loads nothing and writes nothing.\n"
    "\n"
    "  --json   one JSON object a line, with the origin of each value\n"
    "\n"
    "exit codes: 0 all of them have metadata; 1 one has none; 65 one is not a whole PNG; 66 one does not exist\n";

std::string shown(const std::string& text, std::size_t limit = kWholeText) { return printable(text, limit); }

JsonObject pairs_json(const ImageRecord::Pairs& pairs) {
  JsonObject object;
  std::unordered_set<std::string_view> names;
  // A text may have a name twice; the first counts.
  for (const auto& [name, value] : pairs) {
    if (names.insert(name).second) object.push_back({name, {value}});
  }
  return object;
}

Json json_of(const std::string& path, const PngTexts& png, const std::optional<ImageRecord>& record) {
  JsonObject line = {{"path", {path}},
                     {"width", {static_cast<std::int64_t>(png.width)}},
                     {"height", {static_cast<std::int64_t>(png.height)}}};
  JsonArray keywords;
  for (const PngText& text : png.texts) keywords.push_back({text.keyword});
  if (record) {
    JsonObject values, origins;
    for (const ImageRecord::Value& value : record->values) {
      values.push_back({value.name, {value.text}});
      origins.push_back({value.name, {value.origin}});
    }
    line.push_back({"program", {record->program}});
    for (const auto& [name, text] :
         {std::pair("version", record->version), std::pair("key", record->key), std::pair("model", record->model),
          std::pair("model_hash", record->model_hash), std::pair("model_digest", record->model_digest),
          std::pair("refiner", record->refiner), std::pair("refiner_digest", record->refiner_digest),
          std::pair("dtype", record->dtype)}) {
      if (!text.empty()) line.push_back({name, {text}});
    }
    line.push_back({"values", {std::move(values)}});
    line.push_back({"origins", {std::move(origins)}});
    line.push_back({"unmapped", {pairs_json(record->unmapped)}});
    line.push_back({"warnings", {pairs_json(record->warnings)}});
  }
  line.push_back({"keywords", {std::move(keywords)}});
  return {std::move(line)};
}

void print_value(std::string name, const std::string& value) {
  std::ranges::replace(name, '_', ' ');
  standard_output().line("  " + name + std::string(name.size() < kColumn ? kColumn - name.size() : 1, ' ') + value);
}

void print(const std::string& path, const PngTexts& png, const ImageRecord& record) {
  const std::string by = record.program.empty() ? "an unknown program" : record.program;
  standard_output().line(shown(path) + ": " + std::to_string(png.width) + " x " + std::to_string(png.height) +
                         " pixels, made by " + shown(by) + (record.version.empty() ? "" : " " + shown(record.version)));
  for (const ImageRecord::Value& value : record.values) print_value(value.name, shown(value.text));
  if (!record.model.empty()) print_value("model", shown(record.model));
  if (!record.model_hash.empty()) print_value("model hash", shown(record.model_hash));
  if (!record.model_digest.empty()) print_value("model digest", shown(record.model_digest));
  if (!record.refiner.empty()) print_value("refiner", shown(record.refiner));
  if (!record.refiner_digest.empty()) print_value("refiner digest", shown(record.refiner_digest));
  if (!record.dtype.empty()) print_value("dtype", shown(record.dtype));
  if (!record.key.empty()) print_value("key", shown(record.key));
  if (!record.unmapped.empty()) {
    standard_output().line("  without a counterpart here:");
    for (const auto& [name, value] : record.unmapped) print_value(shown(name, kShownText), shown(value, kShownText));
  }
  for (const auto& [where, why] : record.warnings) {
    standard_output().line("  not understood: " + shown(where) + ": " + shown(why, kShownText));
  }
}

// Reports what is wrong with one file, as main does; the others are inspected all the same.
void complain(ExitCode& code, ExitCode reason, const std::string& message) {
  standard_error().message("error: " + message);
  if (code == ExitCode::ok) code = reason;
}

}  // namespace

ExitCode inspect_command(Arguments arguments) {
  const std::vector<FlagSpec> flags = {{.name = "--json"}};
  const ParsedArgs args = parse_arguments(arguments, flags);
  if (args.help) return print_text(kHelp);
  if (args.positionals.empty()) throw Error(ErrorKind::usage, "inspect: no file. Name a PNG: sfumato inspect cat.png");
  ExitCode code = ExitCode::ok;
  for (const std::string& path : args.positionals) {
    try {
      const PngTexts png = read_png_texts(path);
      const std::optional<ImageRecord> record = record_of(png.texts);
      if (args.has("--json")) {
        standard_output().json(json_of(path, png, record));
      } else if (record) {
        print(path, png, *record);
      }
      if (!record) {
        complain(code, ExitCode::some_failed,
                 shown(path) + ": does not say how it was made (" + std::to_string(png.width) + " x " +
                     std::to_string(png.height) + " pixels).");
      }
    } catch (const Error& error) {
      complain(code, exit_code_of(error.kind()), with_flags(error.what()));
    }
    standard_output().check();
  }
  return code;
}

}  // namespace sfumato

#include "metadata/picture_record.h"

#include <algorithm>

#include "base/json.h"
#include "base/printable.h"
#include "jobs/job_options.h"
#include "metadata/a1111_text.h"
#include "metadata/comfyui_graph.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

const std::string* text_of_keyword(std::span<const PngText> texts, std::string_view keyword) {
  const auto found = std::ranges::find(texts, keyword, &PngText::keyword);
  return found == texts.end() ? nullptr : &found->text;
}

// The JSON that this program writes (metadata/metadata.h).
PictureRecord own_record(const std::string& json) {
  PictureRecord record;
  record.program = "sfumato";
  const Json parsed = parse_json(json, "sfumato", ExitCode::bad_data);
  const auto* object = std::get_if<JsonObject>(&parsed.value);
  if (object == nullptr) throw Error(ExitCode::bad_data, "sfumato: an object { } is wanted.");
  for (const auto& [key, value] : *object) {
    const auto* text = std::get_if<std::string>(&value.value);
    const JobOption* option = find_job_option(key);
    if (option != nullptr && option->name == key) {
      try {
        record.values.push_back({.name = key, .text = text_from_json(*option, value), .origin = "sfumato"});
      } catch (const Error& error) {
        record.doubts.emplace_back("sfumato: " + key, error.what());
      }
    } else if (text != nullptr && key == "version") {
      record.version = *text;
    } else if (text != nullptr && key == "key") {
      record.key = *text;
    } else if (text != nullptr && key == "model") {
      record.model = *text;
    } else if (text != nullptr && key == "model_digest") {
      record.model_digest = *text;
    } else if (text != nullptr && key == "dtype") {
      record.dtype = *text;
    } else {
      record.others.emplace_back(key, text != nullptr ? *text : dump_json(value));
    }
  }
  return record;
}

}  // namespace

std::optional<PictureRecord> record_of(std::span<const PngText> texts) {
  PictureRecord::Pairs doubts;
  std::optional<PictureRecord> record;
  if (const std::string* json = text_of_keyword(texts, "sfumato")) {
    try {
      record = own_record(*json);
    } catch (const Error& error) {
      doubts.emplace_back("sfumato", error.what());
    }
  }
  if (const std::string* text = text_of_keyword(texts, "parameters"); !record && text != nullptr) {
    record = record_of_a1111_text(*text);
    if (!record) doubts.emplace_back("parameters", "has no line of values");
  }
  if (const std::string* json = text_of_keyword(texts, "prompt");
      !record && json != nullptr && json->starts_with('{')) {
    record = record_of_comfyui_graph(*json);
  }
  if (!record && text_of_keyword(texts, "workflow") != nullptr) {
    record.emplace();
    record->program = "ComfyUI";
    doubts.emplace_back("workflow", "is a drawing of a graph; the values stand in a text \"prompt\", which is missing");
  }
  if (!record && !doubts.empty()) record.emplace();
  if (record) record->doubts.insert(record->doubts.end(), doubts.begin(), doubts.end());
  return record;
}

GenerateOptions options_of(PictureRecord& record, const GenerateOptions& defaults) {
  JobValues values(defaults);
  for (const PictureRecord::Value& value : record.values) {
    const JobOption* option = find_job_option(value.name);
    try {
      if (option == nullptr) throw Error(ExitCode::usage, value.name + ": this version has no such option.");
      values.say(*option, value.text);
    } catch (const Error& error) {
      record.doubts.emplace_back(value.origin, error.what());
    }
  }
  return values.settled();
}

}  // namespace sfumato

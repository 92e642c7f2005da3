#include "metadata/image_record.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "base/json.h"
#include "base/printable.h"
#include "jobs/job_values.h"
#include "jobs/options_json.h"
#include "metadata/a1111_text.h"
#include "metadata/comfyui_graph.h"
#include "metadata/record_limits.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

const std::string* text_of_keyword(std::span<const PngText> texts, std::string_view keyword) {
  const auto found = std::ranges::find(texts, keyword, &PngText::keyword);
  return found == texts.end() ? nullptr : &found->text;
}

// A stochastic solver's noise that is not recorded was drawn for each step: drawing_options.cpp.
void add_unrecorded_noise(ImageRecord& record) {
  const auto find = [&](std::string_view name) {
    return std::ranges::find(record.values, name, &ImageRecord::Value::name);
  };
  const auto sampler = find("sampling_method");
  if (sampler == record.values.end() || find("sde_noise") != record.values.end()) return;
  const std::optional<SamplingMethod> method = value_of<SamplingMethod>(sampler->text);
  if (method && default_sde_noise(*method)) {
    record.values.push_back({.name = "sde_noise", .text = "independent", .origin = "sfumato"});
  }
}

// The JSON that this program writes (metadata/metadata.h).
ImageRecord own_record(const std::string& json) {
  ImageRecord record;
  record.program = "sfumato";
  const Json parsed = parse_json(json, "sfumato", ErrorKind::bad_data);
  const auto* object = std::get_if<JsonObject>(&parsed.value);
  if (object == nullptr) throw Error(ErrorKind::bad_data, "sfumato: not a JSON object.");
  for (const auto& [key, value] : *object) {
    const auto* text = std::get_if<std::string>(&value.value);
    const JobOption* option = find_job_option(key);
    if (option != nullptr && option->name == key && option->stored) {
      try {
        record.values.push_back({.name = key, .text = text_from_json(*option, value), .origin = "sfumato"});
      } catch (const Error& error) {
        record.warnings.emplace_back("sfumato: " + key, error.what());
      }
    } else if (text != nullptr && key == "version") {
      record.version = *text;
    } else if (text != nullptr && key == "key") {
      record.key = *text;
    } else if (text != nullptr && key == "model") {
      record.model = *text;
    } else if (text != nullptr && key == "model_digest") {
      record.model_digest = *text;
    } else if (text != nullptr && key == "model_hash") {
      record.model_hash = *text;
    } else if (text != nullptr && key == "refiner") {
      record.refiner = *text;
    } else if (text != nullptr && key == "refiner_digest") {
      record.refiner_digest = *text;
    } else if (text != nullptr && key == "dtype") {
      record.dtype = *text;
    } else {
      record.unmapped.emplace_back(key, text != nullptr ? *text : dump_json(value));
    }
  }
  add_unrecorded_noise(record);
  return record;
}

// Of an option that appears several times the last value counts.
void keep_last_values(std::vector<ImageRecord::Value>& values) {
  std::unordered_set<std::string_view> later;
  std::vector<ImageRecord::Value> kept;
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    if (later.insert(value->name).second) kept.push_back(*value);
  }
  std::ranges::reverse(kept);
  values = std::move(kept);
}

void limit(ImageRecord& record) {
  keep_last_values(record.values);
  if (record.unmapped.size() <= kMaxRecordNames) return;
  const std::size_t more = record.unmapped.size() - kMaxRecordNames;
  record.unmapped.resize(kMaxRecordNames);
  record.warnings.emplace_back("names without a counterpart here", std::to_string(more) + " more are left out");
}

}  // namespace

std::optional<ImageRecord> record_of(std::span<const PngText> all_texts) {
  ImageRecord::Pairs warnings;
  std::vector<PngText> texts;
  for (const PngText& text : all_texts) {
    if (text.text.find('\0') == std::string::npos) {
      texts.push_back(text);
    } else {  // PNG forbids it, and JSON of ours refuses it
      warnings.emplace_back(text.keyword, "has a NUL, and is not read");
    }
  }
  std::optional<ImageRecord> record;
  if (const std::string* json = text_of_keyword(texts, "sfumato")) {
    try {
      record = own_record(*json);
    } catch (const Error& error) {
      warnings.emplace_back("sfumato", error.what());
    }
  }
  if (const std::string* text = text_of_keyword(texts, "parameters"); !record && text != nullptr) {
    record = record_of_a1111_text(*text);
    if (!record) warnings.emplace_back("parameters", "has no line of values");
  }
  if (const std::string* json = text_of_keyword(texts, "prompt");
      !record && json != nullptr && json->starts_with('{')) {
    record = record_of_comfyui_graph(*json);
  }
  if (!record && text_of_keyword(texts, "workflow") != nullptr) {
    record.emplace();
    record->program = "ComfyUI";
    warnings.emplace_back("workflow",
                          "is the layout of a graph; its values are in a text \"prompt\", which is missing");
  }
  if (!record && !warnings.empty()) record.emplace();
  if (record) {
    record->warnings.insert(record->warnings.end(), warnings.begin(), warnings.end());
    limit(*record);
  }
  return record;
}

GenerateOptions options_of(ImageRecord& record, const GenerateOptions& defaults) {
  JobValues values(defaults);
  for (const ImageRecord::Value& value : record.values) {
    const JobOption* option = find_job_option(value.name);
    try {
      if (option == nullptr) throw Error(ErrorKind::usage, value.name + ": this version has no such option.");
      values.set(*option, value.text);
    } catch (const Error& error) {
      record.warnings.emplace_back(value.origin, error.what());
    }
  }
  return values.resolved();
}

}  // namespace sfumato

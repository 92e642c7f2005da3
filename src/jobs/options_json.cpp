#include "jobs/options_json.h"

#include <algorithm>
#include <charconv>

#include "base/printable.h"
#include "jobs/job_values.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Kind = JobOption::Kind;

template <typename Included>
JsonObject json_of(const GenerateOptions& options, const Included& included) {
  JsonObject object;
  for (const JobOption& option : job_options()) {
    if (!included(option)) continue;
    Json value = option.get(options);
    if (std::holds_alternative<std::nullptr_t>(value.value) || option.default_text == text_of(value)) continue;
    object.emplace_back(option.name, std::move(value));
  }
  return object;
}

}  // namespace

std::string text_of(const Json& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value.value)) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, *number);
    return {buffer, end};
  }
  if (const auto* flag = std::get_if<bool>(&value.value)) return *flag ? "true" : "false";
  if (const auto* array = std::get_if<JsonArray>(&value.value)) {
    std::string list;
    for (const Json& element : *array) list += (list.empty() ? "" : ",") + text_of(element);
    return list;
  }
  return "";
}

std::string text_from_json(const JobOption& option, const Json& value) {
  const auto is_number = [](const Json& json) {
    return std::holds_alternative<std::int64_t>(json.value) || std::holds_alternative<std::uint64_t>(json.value) ||
           std::holds_alternative<double>(json.value);
  };
  const auto refuse = [&](const char* expected) {
    throw Error(ErrorKind::usage, "\"" + std::string(option.name) + "\": " + printable(dump_json(value)) + ": " +
                                      expected + " is expected.");
  };
  switch (option.kind) {
    case Kind::flag:
      if (!std::holds_alternative<bool>(value.value)) refuse("true or false, without quotes,");
      break;
    case Kind::text:
    case Kind::name:
    case Kind::file:
      if (!std::holds_alternative<std::string>(value.value)) refuse("a string");
      break;
    case Kind::whole:
    case Kind::real:
      if (!is_number(value)) refuse(option.kind == Kind::whole ? "a whole number, without quotes," : "a number");
      break;
    case Kind::numbers: {
      const auto* array = std::get_if<JsonArray>(&value.value);
      if (array == nullptr || !std::ranges::all_of(*array, is_number)) refuse("a list of numbers [ ]");
      break;
    }
  }
  return text_of(value);
}

JsonObject options_json(const GenerateOptions& options) {
  return json_of(options, [](const JobOption&) { return true; });
}

JsonObject key_options_json(const GenerateOptions& options) {
  return json_of(options, [](const JobOption& option) { return option.in_key; });
}

GenerateOptions options_from_json(const JsonObject& object, const GenerateOptions& defaults) {
  JobValues values(defaults);
  for (const auto& [key, value] : object) {
    const auto option = std::ranges::find(job_options(), key, &JobOption::name);
    if (option != job_options().end()) values.set(*option, text_from_json(*option, value));
  }
  return values.resolved();
}

}  // namespace sfumato

#include "jobs/prompt_line.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/nearest.h"
#include "base/printable.h"
#include "jobs/line_reader.h"
#include "jobs/options_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kBlank = " \t\r\f\v";

const JobOption* find_settable(std::string_view name) {
  const JobOption* option = find_job_option(name);
  return option != nullptr && option->is_flag ? option : nullptr;
}

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

void add(PromptLine& line, const JobOption& option, std::vector<std::string> texts) {
  if (is_set(line.settings, &option)) refuse(in_message(option) + ": is given more than once.");
  line.settings.push_back({.option = &option, .texts = std::move(texts)});
}

enum class Syntax { flags, json };

// shown: the unknown name as the line has it.
[[noreturn]] void refuse_name(const std::string& shown, std::string_view name, Syntax syntax, IsRunFlag is_run_flag) {
  std::string flag = "--" + std::string(name);
  std::ranges::replace(flag, '_', '-');
  if (is_run_flag != nullptr && is_run_flag(flag)) refuse(shown + ": is for the whole run, not for one line.");
  std::vector<std::string> names = {"output"};
  for (const JobOption& option : job_options()) {
    if (option.is_flag) names.emplace_back(option.name);
  }
  std::string full(name);
  std::ranges::replace(full, '-', '_');
  const std::string near = nearest(full, names);
  const char* const quote = syntax == Syntax::flags ? "`" : "\"";
  refuse(shown + ": is not an option of a picture." +
         (near.empty() ? "" : " Did you mean " + (quote + near) + quote + "?"));
}

// Parses a prompt with flags after it, written as after the program's name.
class LineParser {
 public:
  LineParser(std::string_view text, IsRunFlag is_run_flag) : text_(text), is_run_flag_(is_run_flag) {}

  PromptLine parse() {
    PromptLine line;
    skip_blanks();
    if (!flag_here()) add(line, *find_job_option("prompt"), {value()});
    while (pos_ < text_.size()) {
      if (!flag_here()) refuse("\"" + printable(text_.substr(pos_), 80) + "\": follows a flag that takes no value.");
      flag(line);
    }
    return line;
  }

 private:
  void skip_blanks() { pos_ = std::min(text_.find_first_not_of(kBlank, pos_), text_.size()); }

  // Whether a flag begins here: --letter..., or the short flag of an option as a word of its own.
  [[nodiscard]] bool flag_here() const {
    const std::string_view rest = text_.substr(pos_);
    const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    if (rest.starts_with("--")) return rest.size() > 2 && is_letter(rest[2]);
    return rest.size() > 1 && rest[0] == '-' && is_letter(rest[1]) &&
           (rest.size() == 2 || kBlank.find(rest[2]) != std::string_view::npos) &&
           (rest[1] == 'o' || short_option(rest[1]) != nullptr);
  }

  static const JobOption* short_option(char letter) {
    const auto has_letter = [&](const JobOption& option) { return option.letter == std::string_view(&letter, 1); };
    const auto found = std::ranges::find_if(job_options(), has_letter);
    return found == job_options().end() ? nullptr : &*found;
  }

  void flag(PromptLine& line) {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\f\v=", pos_), text_.size());
    const std::string_view word = text_.substr(pos_, end - pos_);
    const bool equals = end < text_.size() && text_[end] == '=';
    pos_ = end + (equals ? 1 : 0);
    if (!equals) skip_blanks();
    const std::string shown = printable(word);
    const JobOption* option = nullptr;
    const bool output = word == "-o" || word == "--output";
    if (word.starts_with("--")) {
      const std::string_view name = word.substr(2);
      if (const JobOption* negated = find_negated_option(name)) {
        if (equals) refuse(shown + ": takes no value.");
        return add(line, *negated, {"false"});
      }
      option = find_settable(name);
      if (option == nullptr && !output) refuse_name(shown, name, Syntax::flags, is_run_flag_);
    } else {
      option = short_option(word[1]);
    }
    if (option != nullptr && option->kind == JobOption::Kind::flag)
      return add(line, *option, {equals ? value() : flag_value()});
    if (pos_ >= text_.size() || (!equals && flag_here())) refuse(shown + ": a value is missing.");
    std::string text = value();
    if (output) {
      if (!line.output.empty()) refuse("`output`: is given more than once.");
      line.output = std::move(text);
    } else {
      add(line, *option, {std::move(text)});
    }
  }

  // The value of an option of Kind::flag: true or false, and true if nothing follows.
  std::string flag_value() {
    for (const std::string_view word : {"true", "false"}) {
      const std::string_view rest = text_.substr(pos_);
      if (rest.starts_with(word) &&
          (rest.size() == word.size() || kBlank.find(rest[word.size()]) != std::string_view::npos)) {
        return value();
      }
    }
    return "true";
  }

  // The text up to the next flag. Quotes are removed only around the whole value, so that a fox's tail needs none.
  std::string value() {
    if (std::string quoted; pos_ < text_.size() && (text_[pos_] == '"' || text_[pos_] == '\'') && take_quoted(quoted)) {
      return quoted;
    }
    const std::size_t begin = pos_;
    while (pos_ < text_.size()) {
      pos_ = std::min(text_.find_first_of(kBlank, pos_), text_.size());
      skip_blanks();
      if (flag_here()) break;
    }
    return stripped(text_.substr(begin, pos_ - begin));
  }

  // A quoted value with a flag or the end of the line behind it. Inside "" a backslash escapes " and \.
  bool take_quoted(std::string& result) {
    const std::size_t begin = pos_;
    const char quote = text_[pos_++];
    for (; pos_ < text_.size() && text_[pos_] != quote; ++pos_) {
      const bool escapes = quote == '"' && text_[pos_] == '\\' && pos_ + 1 < text_.size() &&
                           (text_[pos_ + 1] == '"' || text_[pos_ + 1] == '\\');
      if (escapes) ++pos_;
      result += text_[pos_];
    }
    const bool closed = pos_ < text_.size();
    pos_ = std::min(pos_ + 1, text_.size());
    const bool apart = pos_ == text_.size() || kBlank.find(text_[pos_]) != std::string_view::npos;
    skip_blanks();
    if (closed && apart && (pos_ == text_.size() || flag_here())) return true;
    pos_ = begin;
    return false;
  }

  std::string_view text_;
  IsRunFlag is_run_flag_;
  std::size_t pos_ = 0;
};

// Ranges and random seeds are strings in JSON: "1..64", "random".
std::string list_from_json(const JobOption& option, const Json& value) {
  const bool number = option.kind == JobOption::Kind::whole || option.kind == JobOption::Kind::real;
  const auto* text = std::get_if<std::string>(&value.value);
  if (number && text != nullptr && (text->find("..") != std::string::npos || *text == "random")) return *text;
  const auto* whole = std::get_if<std::int64_t>(&value.value);
  if (option.name == "seed" && whole != nullptr && *whole < 0) {
    refuse("\"seed\": " + std::to_string(*whole) +
           ": a whole number from 0 to 18446744073709551615, or \"random\", is expected.");
  }
  return text_from_json(option, value);
}

PromptLine parse_object(const Json& json, IsRunFlag is_run_flag) {
  const auto* object = std::get_if<JsonObject>(&json.value);
  if (object == nullptr) refuse(printable(dump_json(json)) + ": an object { } is expected.");
  PromptLine line;
  for (const auto& [key, value] : *object) {
    const std::string shown = "\"" + printable(key) + "\"";
    if (key == "output") {
      const auto* text = std::get_if<std::string>(&value.value);
      if (text == nullptr) refuse(shown + ": a string is expected.");
      line.output = *text;
      continue;
    }
    const JobOption* option = find_settable(key);
    if (option == nullptr) refuse_name(shown, key, Syntax::json, is_run_flag);
    std::vector<std::string> texts;
    const auto* array = std::get_if<JsonArray>(&value.value);
    const bool one_value =
        array == nullptr || (option->kind == JobOption::Kind::numbers &&
                             (array->empty() || !std::holds_alternative<JsonArray>(array->front().value)));
    if (one_value) {
      texts.push_back(list_from_json(*option, value));
    } else {
      for (const Json& element : *array) texts.push_back(list_from_json(*option, element));
    }
    if (texts.empty()) refuse(shown + ": the list is empty.");
    add(line, *option, std::move(texts));
  }
  return line;
}

bool looks_like_json(std::string_view text) {
  if (!text.starts_with('{')) return false;
  const std::size_t next = text.find_first_not_of(kBlank, 1);
  return next == std::string_view::npos || text[next] == '"' || text[next] == '}';
}

}  // namespace

std::optional<PromptLine> parse_prompt_line(const std::string& text, const std::string& where, bool json,
                                            IsRunFlag is_run_flag) {
  const std::string line = stripped(text);
  if (line.empty() || line.starts_with('#')) return std::nullopt;
  std::optional<Json> value;
  if (json || looks_like_json(line)) value = parse_json(text, where, ErrorKind::usage, {.place = "column"});
  try {
    return value ? parse_object(*value, is_run_flag) : LineParser(line, is_run_flag).parse();
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

}  // namespace sfumato

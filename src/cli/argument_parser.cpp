#include "cli/argument_parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/nearest.h"
#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

// "--cfg-scale" and "--cfg_scale". CLI11 matches names only as they were declared, and a value must not be rewritten.
std::vector<std::string> spellings(const std::string& name) {
  std::vector<std::string> all = {name};
  for (std::size_t i = 2; i < name.size(); ++i) {
    if (name[i] != '-') continue;
    for (std::size_t k = 0, count = all.size(); k < count; ++k) {
      all.push_back(all[k]);
      all.back()[i] = '_';
    }
  }
  return all;
}

// As CLI11 takes them: "-s,--seed,--sd,!--no-seed". The first long name is the one in messages.
std::string declaration(const FlagSpec& flag) {
  std::string names = flag.letter;
  const auto append = [&](const std::string& prefix, const std::string& name) {
    for (const std::string& spelling : spellings(name)) names += (names.empty() ? "" : ",") + prefix + spelling;
  };
  append("", flag.name);
  for (const std::string& alias : flag.aliases) append("", alias);
  if (flag.value == FlagSpec::Value::boolean) append("!", "--no-" + flag.name.substr(2));
  return names;
}

// CLI11 takes "--x=" for a flag without a value, and the next argument for its value. So such an argument gets a value
// before it is parsed, which is removed from the result, wherever the argument ends up.
constexpr std::string_view kNoText = "\x1f\x1f";

std::string with_text(std::string argument) {
  if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) argument += kNoText;
  return argument;
}

std::string without_text(std::string result) {
  if (result.ends_with(kNoText)) result.resize(result.size() - kNoText.size());
  return result;
}

bool is_flag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

[[noreturn]] void refuse_unknown(const std::string& word, std::span<const FlagSpec> flags) {
  std::vector<std::string> names = {"--help"};
  for (const FlagSpec& flag : flags) names.push_back(flag.name);
  std::string name = word.substr(0, word.find('='));
  std::ranges::replace(name, '_', '-');
  const std::string near = nearest(name, names);
  refuse(printable(word) + ": no such flag." + (near.empty() ? "" : " Did you mean " + near + "?") +
         " --help lists them all.");
}

// CLI11's sentence in the form of this program: "--steps: a value is missing."
[[noreturn]] void translate(const CLI::ParseError& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr) refuse(printable(text, 300) + ".");
  std::string name = text.substr(0, text.find_first_of(": "));
  if (!name.starts_with('-')) name.insert(0, "--");  // as the error about a switch with a value has it
  if (text.find("At Most") != std::string::npos) refuse(name + ": is given more than once.");
  refuse(name + (text.find("override") != std::string::npos ? ": takes no value." : ": a value is missing."));
}

// What CLI11 did not assign: the mark "--", and before it unknown flags; all else is positional.
void add_remaining(ParsedArgs& result, std::vector<std::string> words, std::span<const FlagSpec> flags) {
  const auto mark = std::ranges::find(words, "--");
  const bool is_first_before_mark = mark == words.end();
  if (is_first_before_mark && !result.positionals.empty() && is_flag(result.positionals.front())) {
    refuse_unknown(result.positionals.front(), flags);
  }
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (word == mark) continue;
    *word = without_text(*word);
    if (word < mark && is_flag(*word)) refuse_unknown(*word, flags);
    result.positionals.push_back(std::move(*word));
  }
}

}  // namespace

std::optional<std::string> ParsedArgs::value(std::string_view name) const {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? std::nullopt : std::optional(found->text);
}

ParsedArgs parse_arguments(std::span<const char* const> arguments, std::span<const FlagSpec> flags) {
  CLI::App app;
  app.allow_extras();
  app.set_help_flag("-h,--help");
  std::string ignored;
  const CLI::Option* first = app.add_option("FIRST", ignored);  // the others are what remains: their order is enough
  std::vector<std::pair<const CLI::Option*, const FlagSpec*>> options;
  for (const FlagSpec& flag : flags) {
    if (flag.value == FlagSpec::Value::text) {
      options.emplace_back(app.add_option(declaration(flag), ignored), &flag);
      continue;
    }
    CLI::Option* option = app.add_flag(declaration(flag), ignored);
    option->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    if (flag.value == FlagSpec::Value::none) option->disable_flag_override();
    options.emplace_back(option, &flag);
  }
  ParsedArgs result;
  try {
    std::vector<std::string> reversed;  // as CLI11 takes them
    for (const char* argument : arguments) reversed.push_back(with_text(argument));
    std::ranges::reverse(reversed);
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    result.help = true;
    return result;
  } catch (const CLI::ParseError& error) {
    translate(error);
  }
  for (const CLI::Option* option : app.parse_order()) {
    const auto row = std::ranges::find(options, option, &decltype(options)::value_type::first);
    if (row == options.end() && option != first) continue;
    const std::string text = without_text(option->results().front());
    if (option == first) result.positionals.push_back(text);
    result.settings.push_back({.name = option == first ? "" : row->second->name, .text = text});
  }
  add_remaining(result, app.remaining(), flags);
  return result;
}

}  // namespace sfumato

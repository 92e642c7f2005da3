#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "base/nearest.h"
#include "base/printable.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "jobs/value_list.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

// Every value as the text that was given; converted afterwards, so that all complaints have one form.
struct Given {
  std::string prompt;                        // the positional one
  std::map<std::string, std::string> texts;  // of each flag by its name
  std::map<std::string, bool> switches;
};

// --cfg_scale is --cfg-scale.
std::string with_dashes(std::string argument) {
  if (argument.starts_with("--")) {
    const auto end = argument.begin() + static_cast<std::ptrdiff_t>(std::min(argument.find('='), argument.size()));
    std::replace(argument.begin(), end, '_', '-');
  }
  return argument;
}

// All names of an option of pictures, as CLI11 takes them: "-s,--seed,--d".
std::string words_of(const JobOption& option) {
  std::string words = option.letter.empty() ? "" : "-" + std::string(option.letter) + ",";
  words += flag_of(option);
  std::istringstream aliases{std::string(option.aliases)};
  for (std::string alias; aliases >> alias;) words += "," + with_dashes("--" + alias);
  return words;
}

std::string words_of(const RunFlag& flag) {
  std::string words = flag.letter.empty() ? "" : std::string(flag.letter) + ",";
  words += flag.name;
  if (!flag.aliases.empty()) words += "," + std::string(flag.aliases);
  return words;
}

void declare(CLI::App& app, Given& given) {
  app.add_option("PROMPT", given.prompt);
  for (const JobOption& option : job_options()) {
    if (!option.is_flag) continue;
    std::string& text = given.texts[flag_of(option)];
    if (option.kind == JobOption::Kind::flag) {
      app.add_flag(words_of(option) + ",!--no-" + flag_of(option).substr(2), text);
    } else {
      app.add_option(words_of(option), text);
    }
  }
  for (const RunFlag& flag : run_flags()) {
    const std::string name(flag.name);
    if (flag.argument.empty()) {
      app.add_flag(words_of(flag), given.switches[name]);
    } else {
      app.add_option(words_of(flag), given.texts[name]);
    }
  }
  app.set_help_flag("-h,--help");
  app.set_version_flag("--version", version_text());
  app.allow_extras();
}

void refuse_unknown(const CLI::App& app) {
  std::vector<std::string> unknown = app.remaining();
  std::erase(unknown, "--");  // CLI11 counts the mark itself among what it does not know
  if (unknown.empty()) return;
  const std::string word = printable(unknown.front());
  if (!word.starts_with('-')) {
    throw Error(
        ErrorKind::usage,
        "\"" + word + "\": one prompt is taken, and there is one already. Put a prompt of several words in quotes.");
  }
  const std::string near = nearest(unknown.front().substr(0, unknown.front().find('=')), long_flags());
  throw Error(ErrorKind::usage, word + ": no such flag." + (near.empty() ? "" : " Did you mean " + near + "?") +
                                    " --help lists them all.");
}

// CLI11's sentence, in our form: "--steps: a value is missing."
[[noreturn]] void translate(const CLI::ParseError& error) {
  if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    const std::string text = mismatch->what();
    const bool twice = text.find("At Most") != std::string::npos;
    throw Error(ErrorKind::usage,
                text.substr(0, text.find(':')) + (twice ? ": is given more than once." : ": a value is missing."));
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) !=
      nullptr) {  // only flags convert: "Could not convert: --json = cat"
    const std::string text = error.what();
    const std::size_t name = text.find("--");
    throw Error(ErrorKind::usage, text.substr(name, text.find(' ', name) - name) + ": takes no value.");
  }
  throw Error(ErrorKind::usage, printable(error.what(), 300) + ".");
}

// In the order in which they were given: that is the order in which lists multiply.
OptionSettings settings(const CLI::App& app, const Given& given) {
  OptionSettings result;
  for (const CLI::Option* option : app.parse_order()) {
    const bool positional = option->get_positional();
    const JobOption* row = positional                     ? find_job_option("prompt")
                           : option->get_lnames().empty() ? nullptr
                                                          : find_job_option(option->get_lnames().front());
    if (row == nullptr) continue;
    const std::string& text = positional ? given.prompt : given.texts.at(flag_of(*row));
    if (is_set(result, row)) {
      throw Error(ErrorKind::usage,
                  "--prompt: the prompt was given twice, as an argument and with the flag. Leave one out.");
    }
    result.push_back({.option = row, .texts = {text}});
  }
  return result;
}

void check(const CliOptions& options) {
  for (const OptionSetting& setting : options.said) (void)ValueList(*setting.option, setting.texts);
  const bool prompt = is_set(options.said, find_job_option("prompt"));
  if (prompt && !options.from_file.empty()) {
    throw Error(ErrorKind::usage, "--from-file: the lines of the file are the prompts, so none is taken beside it.");
  }
  if (!prompt && options.from_file.empty() && options.from_image.empty()) {
    throw Error(ErrorKind::usage,
                "no prompt. Say what the picture shows: sfumato \"a smiling cat, 3D style\"; --help tells the rest.");
  }
  if (options.output == "-" && options.json) {
    throw Error(ErrorKind::usage,
                "--json: standard output takes the picture (--output -), so it cannot take events too.");
  }
}

// --help TOPIC, which CLI11 has no word for.
std::optional<std::string> topic_help(std::span<const char* const> arguments) {
  if (arguments.size() != 2) return std::nullopt;
  const std::string_view first = arguments[0];
  if (first != "--help" && first != "-h") return std::nullopt;
  const std::string_view topic = arguments[1];
  if (topic == "prompts") return prompts_help_text();
  if (topic.starts_with('-')) return std::nullopt;
  throw Error(ErrorKind::usage, "--help: \"" + printable(topic) + "\" is no topic; --help prompts is one.");
}

}  // namespace

CliResult parse_cli(std::span<const char* const> arguments) {
  if (std::optional<std::string> text = topic_help(arguments)) return {.options = std::nullopt, .text = *text};
  CLI::App app;
  Given given;
  CliOptions options;
  declare(app, given);
  // CLI11 takes them in reverse.
  std::vector<std::string> words;
  bool flags = true;  // until "--"
  for (const std::string argument : arguments) {
    flags = flags && argument != "--";
    words.push_back(flags ? with_dashes(argument) : argument);
  }
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    return {.options = std::nullopt, .text = help_text()};
  } catch (const CLI::CallForVersion&) {
    return {.options = std::nullopt, .text = version_text()};
  } catch (const CLI::ParseError& error) {
    translate(error);
  }
  refuse_unknown(app);
  options.said = settings(app, given);
  for (const RunFlag& flag : run_flags()) {
    const std::string name(flag.name);
    if (app.count(name) > 0) flag.set(options, flag.argument.empty() ? "" : given.texts.at(name));
  }
  check(options);
  return {.options = std::move(options), .text = ""};
}

}  // namespace sfumato

#include "cli/cli_options.h"

#include <algorithm>

#include "base/printable.h"
#include "cli/argument_parser.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "jobs/value_list.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

void check(const CliOptions& options) {
  for (const OptionSetting& setting : options.settings) (void)ValueList(*setting.option, setting.texts);
  const bool has_prompt = is_set(options.settings, find_job_option("prompt"));
  if (has_prompt && !options.from_file.empty()) {
    refuse("--from-file: the lines of the file are the prompts. Leave the prompt on the command line out.");
  }
  if (!has_prompt && options.from_file.empty() && options.from_image.empty()) {
    refuse("no prompt. Describe the picture: sfumato \"a smiling cat, 3D style\"; --help lists the rest.");
  }
  if (options.output == "-" && options.json) {
    refuse("--json: standard output takes the picture (--output -), so it cannot take events too.");
  }
  if (options.print0 && options.json) {
    refuse("--print0: --json prints events, which end with a newline. Leave one of the two out.");
  }
  if (options.print0 && options.output == "-") {
    refuse(
        "--print0: standard output takes the picture (--output -), and no path is printed. Leave one of the two out.");
  }
}

// --help TOPIC: CLI11 has no flag with an optional value.
std::optional<std::string> topic_help(std::span<const char* const> arguments) {
  if (arguments.size() != 2) return std::nullopt;
  const std::string_view first = arguments[0];
  if (first != "--help" && first != "-h") return std::nullopt;
  const std::string_view topic = arguments[1];
  if (topic == "prompts") return prompts_help_text();
  if (topic.starts_with('-')) return std::nullopt;
  refuse("--help: \"" + printable(topic) + "\" is not a topic; --help prompts is one.");
}

void add_option(CliOptions& options, const JobOption& option, const std::string& text) {
  if (is_set(options.settings, &option)) {
    refuse("--prompt: the prompt was given twice, as an argument and with the flag. Leave one out.");
  }
  options.settings.push_back({.option = &option, .texts = {text}});
}

// The share behind the name of --refiner is a value of the option.
void add_refiner_share(CliOptions& options) {
  if (options.refiner_share.empty()) return;
  const JobOption* const option = find_job_option("refiner_switch");
  if (is_set(options.settings, option)) {
    refuse("--refiner-switch: the share was given twice, behind the name of --refiner too. Leave one out.");
  }
  options.settings.push_back({.option = option, .texts = {options.refiner_share}});
}

CliOptions options_from(const ParsedArgs& args) {
  if (args.positionals.size() > 1) {
    refuse("\"" + printable(args.positionals[1]) +
           "\": one prompt is taken, and there is one already. Put a prompt of several words in quotes.");
  }
  CliOptions options;
  for (const ParsedArgs::Setting& setting : args.settings) {
    if (const RunFlag* flag = find_run_flag(setting.name)) {
      flag->set(options, setting.text);
    } else {
      add_option(options, *find_job_option(setting.name.empty() ? "prompt" : setting.name.substr(2)), setting.text);
    }
  }
  add_refiner_share(options);
  return options;
}

}  // namespace

CliResult parse_cli(std::span<const char* const> arguments, const std::string& help) {
  if (std::optional<std::string> text = topic_help(arguments)) return {.options = std::nullopt, .text = *text};
  const ParsedArgs args = parse_arguments(arguments, generate_flags());
  if (args.help) return {.options = std::nullopt, .text = help};
  if (args.has("--version")) return {.options = std::nullopt, .text = version_text()};
  CliOptions options = options_from(args);
  check(options);
  return {.options = std::move(options), .text = ""};
}

}  // namespace sfumato

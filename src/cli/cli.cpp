#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/printable.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "base/numbers.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxPrompt = std::size_t{64} << 10;  // bytes
constexpr int kMaxBatchCount = 1'000'000;

// Every value as the text that was given; converted afterwards, so that all complaints have one form.
struct Texts {
  std::string positional, prompt, width, height, steps, cfg_scale, sampling_method, scheduler, eta, seed, batch_count,
      device, dtype, threads, batch_size;
};

// --cfg_scale is --cfg-scale.
std::string with_dashes(std::string argument) {
  if (argument.starts_with("--")) {
    const auto end = argument.begin() + static_cast<std::ptrdiff_t>(std::min(argument.find('='), argument.size()));
    std::replace(argument.begin(), end, '_', '-');
  }
  return argument;
}

template <typename Enum>
Enum parse_name(const std::string& flag, const std::string& text) {
  if (const std::optional<Enum> value = value_of<Enum>(text)) return *value;
  std::string list;
  for (const Named<Enum>& entry : names<Enum>()) list += (list.empty() ? "" : ", ") + std::string(entry.name);
  throw Error(ExitCode::usage, flag + ": \"" + printable(text) + "\" is not known; one of " + list + " is wanted.");
}

void check_text(const std::string& flag, const std::string& text) {
  if (text.size() > kMaxPrompt) {
    throw Error(ExitCode::usage, flag + ": " + std::to_string(text.size()) + " bytes, at most 65536 are taken.");
  }
  if (const auto offset = invalid_utf8_at(text)) {
    throw Error(ExitCode::usage, flag + ": not UTF-8 at byte " + std::to_string(*offset) + ".");
  }
}

void declare(CLI::App& app, Texts& texts, CliOptions& options) {
  app.add_option("PROMPT", texts.positional);
  app.add_option("-p,--prompt", texts.prompt);
  app.add_option("-n,--negative-prompt", options.negative_prompt);
  app.add_option("--steps,--num-inference-steps", texts.steps);
  app.add_option("--cfg-scale,--scale,--guidance-scale", texts.cfg_scale);
  app.add_option("--sampling-method,--sampler", texts.sampling_method);
  app.add_option("--scheduler", texts.scheduler);
  app.add_option("--eta", texts.eta);
  app.add_option("-s,--seed", texts.seed);
  app.add_option("-b,--batch-count,--batch", texts.batch_count);
  app.add_option("-W,--width", texts.width);
  app.add_option("-H,--height", texts.height);
  app.add_option("-m,--model", options.model);
  app.add_flag("--trust", options.trust);
  app.add_option("--device", options.runtime.device);
  app.add_option("--dtype", texts.dtype);
  app.add_option("-t,--threads", texts.threads);
  app.add_option("--batch-size", texts.batch_size);
  app.add_option("-o,--output", options.output);
  app.add_flag("--overwrite", options.overwrite);
  app.add_flag("!--no-metadata", options.with_metadata);
  app.add_flag("--strict-prompt", options.strict_prompt);
  app.add_flag("--json", options.json);
  app.add_flag("-q,--quiet", options.quiet);
  app.add_flag("-v,--verbose", options.verbose);
  app.add_flag("--debug", options.debug);
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
        ExitCode::usage,
        "\"" + word + "\": one prompt is taken, and there is one already. Put a prompt of several words in quotes.");
  }
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  const std::string near = nearest(unknown.front().substr(0, unknown.front().find('=')), flags);
  throw Error(ExitCode::usage, word + ": no such flag." + (near.empty() ? "" : " Did you mean " + near + "?") +
                                   " --help lists them all.");
}

// CLI11's sentence, in our form: "--steps: a value is missing."
[[noreturn]] void translate(const CLI::ParseError& error) {
  if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    const std::string text = mismatch->what();
    const bool twice = text.find("At Most") != std::string::npos;
    throw Error(ExitCode::usage,
                text.substr(0, text.find(':')) + (twice ? ": is given more than once." : ": a value is missing."));
  }
  if (dynamic_cast<const CLI::ConversionError*>(&error) !=
      nullptr) {  // only flags convert: "Could not convert: --json = cat"
    const std::string text = error.what();
    const std::size_t name = text.find("--");
    throw Error(ExitCode::usage, text.substr(name, text.find(' ', name) - name) + ": takes no value.");
  }
  throw Error(ExitCode::usage, printable(error.what(), 300) + ".");
}

void convert(const CLI::App& app, const Texts& texts, CliOptions& options) {
  const auto given = [&](const char* flag) { return app.count(flag) > 0; };
  if (given("PROMPT") && given("--prompt")) {
    throw Error(ExitCode::usage,
                "--prompt: the prompt was given twice, as an argument and with the flag. Leave one out.");
  }
  if (!given("PROMPT") && !given("--prompt")) {
    throw Error(ExitCode::usage,
                "no prompt. Say what the picture shows: sfumato \"a smiling cat, 3D style\"; --help tells the rest.");
  }
  options.prompt = given("PROMPT") ? texts.positional : texts.prompt;
  check_text("--prompt", options.prompt);
  check_text("--negative-prompt", options.negative_prompt);
  if (given("--width")) options.width = parse_integer("--width", texts.width, 1, kMaxSide);
  if (given("--height")) options.height = parse_integer("--height", texts.height, 1, kMaxSide);
  if (given("--steps")) options.steps = parse_integer("--steps", texts.steps, 1, kMaxSteps);
  if (given("--cfg-scale")) options.cfg_scale = parse_real("--cfg-scale", texts.cfg_scale, 0, kMaxCfgScale);
  if (given("--sampling-method"))
    options.sampling_method = parse_name<SamplingMethod>("--sampling-method", texts.sampling_method);
  if (given("--scheduler")) options.scheduler = parse_name<Scheduler>("--scheduler", texts.scheduler);
  if (given("--eta")) options.eta = parse_real("--eta", texts.eta, 0, 1);
  if (given("--seed")) {
    // -1 is sd.cpp's and A1111's word for random.
    options.seed =
        texts.seed == "random" || texts.seed == "-1" ? std::nullopt : std::optional(parse_seed("--seed", texts.seed));
  }
  if (given("--batch-count"))
    options.batch_count = parse_integer("--batch-count", texts.batch_count, 1, kMaxBatchCount);
  if (given("--dtype")) {
    options.runtime.dtype =
        texts.dtype == "auto" ? std::nullopt : std::optional(parse_name<Dtype>("--dtype", texts.dtype));
  }
  if (given("--threads")) options.runtime.threads = parse_integer("--threads", texts.threads, 1, 1024);
  if (given("--batch-size")) options.runtime.batch_size = parse_integer("--batch-size", texts.batch_size, 1, 256);
  if (options.output == "-" && options.json) {
    throw Error(ExitCode::usage,
                "--json: standard output takes the picture (--output -), so it cannot take events too.");
  }
}

}  // namespace

CliResult parse_cli(std::span<const char* const> arguments) {
  CLI::App app;
  Texts texts;
  CliOptions options;
  declare(app, texts, options);
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
  convert(app, texts, options);
  return {.options = std::move(options), .text = ""};
}

std::vector<GenerateOptions> pictures_of(const CliOptions& said, const GenerateOptions& defaults, int size_multiple,
                                         std::uint64_t random_seed) {
  GenerateOptions picture = defaults;
  picture.prompt = said.prompt;
  picture.negative_prompt = said.negative_prompt;
  picture.width = said.width.value_or(defaults.width);
  picture.height = said.height.value_or(defaults.height);
  picture.steps = said.steps.value_or(defaults.steps);
  picture.cfg_scale = said.cfg_scale.value_or(defaults.cfg_scale);
  picture.sampling_method = said.sampling_method.value_or(defaults.sampling_method);
  // The model's scheduler goes with any method that can follow it; what was said is checked, never changed.
  const bool fits = supports(picture.sampling_method, defaults.scheduler);
  picture.scheduler = said.scheduler.value_or(fits ? defaults.scheduler : Scheduler::discrete);
  picture.eta = said.eta.value_or(default_eta(picture.sampling_method));
  picture.seed = said.seed.value_or(random_seed);
  check(picture, size_multiple);

  std::vector<GenerateOptions> pictures;
  for (int i = 0; i < said.batch_count; ++i) {
    pictures.push_back(picture);
    ++picture.seed;  // wraps from 2^64 - 1 to 0
  }
  return pictures;
}

}  // namespace sfumato

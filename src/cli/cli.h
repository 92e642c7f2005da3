// Words of the command line, turned into options. cli.cpp is the only file that knows CLI11.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// What was said. What was not said is the model's to choose.
struct CliOptions {
  std::string prompt;
  std::string negative_prompt;
  std::optional<int> width;
  std::optional<int> height;
  std::optional<int> steps;
  std::optional<double> cfg_scale;
  std::optional<SamplingMethod> sampling_method;
  std::optional<Scheduler> scheduler;
  std::optional<double> eta;
  std::optional<std::uint64_t> seed = 42;  // none: random
  int batch_count = 1;
  std::optional<std::string> model;  // none: the installed default
  bool trust = false;
  bool strict_prompt = false;
  RuntimeOptions runtime;
  std::string output;
  bool overwrite = false;
  bool with_metadata = true;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool debug = false;
};

struct CliResult {
  std::optional<CliOptions> options;  // absent: only `text` is wanted
  std::string text;                   // the answer to --help or --version
};

// arguments: without the program's name. Throws Error(usage) in one line: the flag, the value, what is legal.
[[nodiscard]] CliResult parse_cli(std::span<const char* const> arguments);

// The pictures that are asked for: what was said over the model's defaults, one per seed. Throws Error(usage) if a
// value is out of range. random_seed: where the first seed comes from if it is to be random.
[[nodiscard]] std::vector<GenerateOptions> pictures_of(const CliOptions& said, const GenerateOptions& defaults,
                                                       int size_multiple, std::uint64_t random_seed);

}  // namespace sfumato

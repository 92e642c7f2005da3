// The command line of `sfumato PROMPT` and `sfumato explain PROMPT` as options.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/model_choice.h"
#include "jobs/option_settings.h"
#include "run/runner.h"
#include "sfumato/options.h"

namespace sfumato {

// What the command line sets; everything else is the model's default.
struct CliOptions {
  OptionSettings settings{};  // options of a picture, the prompt among them, in the order of the command line
  std::string from_file{};    // "-": standard input; empty: none
  std::string from_image{};   // empty: none
  bool zip = false;
  bool combinatorial = false;
  std::string wildcards{"wildcards"};  // the folder
  bool plan = false;
  bool plan_time = false;       // `plan` is set too
  ModelChoice choice{};         // how the model is to be read
  std::string refiner{};        // empty: none
  std::string refiner_share{};  // of the steps before it; empty: not said
  RuntimeOptions runtime{};
  std::string output{};
  bool is_sharded = false;  // run.shard was given
  RunOptions run{};         // but for seeds_of, which the run finds out
  bool json = false;
  bool print0 = false;
  bool quiet = false;
  bool verbose = false;
  bool debug = false;
};

struct CliResult {
  std::optional<CliOptions> options;  // nullopt: print `text` and end
  std::string text;                   // the answer to --help or --version
};

// arguments: without the program's name. help: the answer to --help. Throws Error(usage): flag, value, what is legal.
// Checks each value by itself; Sweep checks whether values fit the model and one another.
[[nodiscard]] CliResult parse_cli(std::span<const char* const> arguments, const std::string& help);

}  // namespace sfumato

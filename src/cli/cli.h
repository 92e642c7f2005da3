// Words of the command line, turned into options. cli.cpp is the only file that knows CLI11.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "jobs/option_settings.h"
#include "sfumato/options.h"

namespace sfumato {

// What was said. What was not said is the model's to choose.
struct CliOptions {
  OptionSettings said{};  // of pictures, PROMPT among it
  std::string from_file{};
  std::string from_image{};
  bool zip = false;
  bool combinatorial = false;
  std::string wildcards{"wildcards"};
  std::string grid{};
  bool plan = false;
  bool plan_time = false;
  std::optional<std::string> model{};  // none: the installed default
  bool trust = false;
  bool strict_prompt = false;
  RuntimeOptions runtime{};
  std::string output{};
  bool overwrite = false;
  bool with_metadata = true;
  std::string shard{};
  bool fail_fast = false;
  bool retry = false;
  bool new_model = false;
  double grace = 20;                    // seconds
  std::optional<double> time_limit{};   // seconds
  std::optional<double> job_timeout{};  // seconds
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool debug = false;
};

struct CliResult {
  std::optional<CliOptions> options;  // absent: only `text` is wanted
  std::string text;                   // the answer to --help or --version
};

// arguments: without the program's name. Throws Error(usage) in one line: the flag, the value, what is legal. Values of
// pictures are checked one by one; whether they fit the model and one another is Sweep's to say.
[[nodiscard]] CliResult parse_cli(std::span<const char* const> arguments);

}  // namespace sfumato

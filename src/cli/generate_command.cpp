// sfumato [OPTIONS] PROMPT: makes pictures, or plans them.
#include "base/console.h"
#include "base/shell.h"
#include "cli/command_models.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/run_jobs.h"
#include "cli/show_plan.h"

namespace sfumato {
namespace {

std::string resume_command(Arguments arguments) {
  std::vector<std::string> words = {"sfumato"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return shell_command(words);
}

ExitCode generate(const CliOptions& options) {
  if (options.plan) return show_plan(options);
  Reporter reporter(standard_output(), standard_error(),
                    {.json = options.json,
                     .quiet = options.quiet,
                     .verbose = options.verbose,
                     .paths = options.output != "-",
                     .path_end = options.print0 ? PathEnd::nul : PathEnd::newline},
                    &std::chrono::steady_clock::now);
  if (options.output == "-" && standard_output().is_terminal()) {
    throw Error(
        ErrorKind::usage,
        "--output -: standard output is a terminal, and a PNG is not for reading. Redirect it to a file or a program.");
  }
  CommandModels models(options, standard_error(), [&](const std::string& text) { reporter.note(text); });
  if (models.is_one()) models.open_own();
  const PreparedRun prepared = prepare_run(options, models, [&](const std::string& text) { reporter.warn(text); });
  return run_jobs(options, prepared, reporter);
}

}  // namespace

ExitCode generate_command(Arguments arguments) {
  CliResult cli = parse_cli(arguments, help_text());
  if (!cli.options) return print_text(cli.text);
  cli.options->run.command = resume_command(arguments);
  return generate(*cli.options);
}

}  // namespace sfumato

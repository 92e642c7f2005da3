// sfumato [OPTIONS] PROMPT: makes pictures, or plans them.
#include "base/console.h"
#include "base/shell.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/help.h"
#include "cli/open_model.h"
#include "cli/run_jobs.h"
#include "cli/show_plan.h"
#include "jobs/flag_words.h"

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
  const std::filesystem::path folder = chosen_model(options.model, options.from_image);
  const OpenedModel model = open_model(folder, options.choice, standard_error());
  if (model.is_new || options.verbose) {
    for (const std::string& note : model.notes) reporter.note(with_flags(note));
  }
  const PreparedRun prepared =
      prepare_run(options, {.folder = folder, .config = model.bundle->config(), .digest = model.bundle->digest()},
                  [&](const std::string& text) { reporter.warn(text); });
  return run_jobs(options, prepared, model.bundle, reporter);
}

}  // namespace

ExitCode generate_command(Arguments arguments) {
  CliResult cli = parse_cli(arguments, help_text());
  if (!cli.options) return print_text(cli.text);
  cli.options->run.command = resume_command(arguments);
  return generate(*cli.options);
}

}  // namespace sfumato

// sfumato [OPTIONS] PROMPT: words to options, options to pictures.
#include <unistd.h>

#include <iostream>

#include "bundle/bundle.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/run_jobs.h"
#include "cli/show_plan.h"
#include "metadata/from_image.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

ExitCode generate(CliOptions said, Arguments arguments) {
  if (said.from_file == "-" && isatty(STDIN_FILENO) == 1) {
    throw Error(ErrorKind::usage,
                "--from-file -: standard input is a terminal. Send prompts to it, one a line, or name a file.");
  }
  if (said.plan) return show_plan(said);
  Reporter reporter(std::cout, std::cerr,
                    {.json = said.json,
                     .quiet = said.quiet,
                     .verbose = said.verbose,
                     .terminal = isatty(STDERR_FILENO) == 1,
                     .paths = said.output != "-"},
                    &std::chrono::steady_clock::now);
  if (said.output == "-" && isatty(STDOUT_FILENO) == 1) {
    throw Error(
        ErrorKind::usage,
        "--output -: standard output is a terminal, and a PNG is not for reading. Redirect it to a file or a program.");
  }
  const std::filesystem::path folder = find_model(said.model);
  const std::shared_ptr<const Bundle> model = open_model(folder, said.trust);
  const FromImage base = base_values(said.from_image, default_options(*model), model->digest(), said.said);
  for (const std::string& note : base.notes) reporter.warn(note);
  if (!said.runtime.dtype) said.runtime.dtype = base.dtype;
  return run_jobs(job_spec(said, model->config(), base), said, arguments, model, folder, reporter);
}

}  // namespace

ExitCode generate_command(Arguments arguments) {
  const CliResult cli = parse_cli(arguments);
  if (cli.options) return generate(*cli.options, arguments);
  std::cout << cli.text << std::flush;
  return std::cout ? ExitCode::ok : ExitCode::io_error;
}

}  // namespace sfumato

// sfumato [OPTIONS] PROMPT: words to options, options to pictures.
#include <unistd.h>

#include <iostream>
#include <random>

#include "base/printable.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/find_model.h"
#include "cli/prompt_jobs.h"
#include "model/bundle.h"
#include "run/output_name.h"
#include "run/publish.h"
#include "run/runner.h"
#include "sfumato/generator.h"

namespace sfumato {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return device();  // 32 bits: short enough to be typed again
}

void refuse_inside(const std::filesystem::path& folder, const std::filesystem::path& picture) {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::weakly_canonical(picture, error);
  const std::filesystem::path relative = target.lexically_relative(std::filesystem::weakly_canonical(folder, error));
  if (error || relative.empty() || *relative.begin() == "..") return;
  throw Error(ExitCode::cannot_create,
              printable(picture.string(), 400) +
                  ": is inside the model's folder, which takes no other files. Give another --output.");
}

JobRequest request(const CliOptions& said, const Bundle& model) {
  return {.said = said.said,
          .from_file = said.from_file,
          .has_prompt = false,
          .wildcards = said.wildcards,
          .combinatorial = said.combinatorial,
          .rules = {
              .defaults = default_options(model), .size_multiple = model.config().latents.downscale, .zip = said.zip}};
}

std::vector<Job> plan(const CliOptions& said, PromptJobs& source, const std::filesystem::path& model_folder) {
  std::vector<Job> jobs;
  std::vector<GenerateOptions> pictures;
  while (std::optional<Item> item = source.next()) {
    if (const auto* bad = std::get_if<BadLine>(&*item)) throw Error(ExitCode::usage, bad->message);
    jobs.push_back(std::move(std::get<Job>(*item)));
    pictures.push_back(jobs.back().options);
  }
  const std::vector<std::filesystem::path> names = output_names(said.output, pictures);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (names[i] != "-") {
      refuse_inside(model_folder, names[i]);
      check_publishable(names[i], said.overwrite);
    }
    jobs[i].output = names[i];
  }
  return jobs;
}

ExitCode generate(const CliOptions& said) {
  Reporter reporter(std::cout, std::cerr,
                    {.json = said.json,
                     .quiet = said.quiet,
                     .verbose = said.verbose,
                     .terminal = isatty(STDERR_FILENO) == 1,
                     .paths = said.output != "-"},
                    &std::chrono::steady_clock::now);
  if (said.output == "-" && isatty(STDOUT_FILENO) == 1) {
    throw Error(
        ExitCode::usage,
        "--output -: standard output is a terminal, and a PNG is not for reading. Redirect it to a file or a program.");
  }
  if (said.from_file == "-" && isatty(STDIN_FILENO) == 1) {
    throw Error(ExitCode::usage,
                "--from-file -: standard input is a terminal. Send prompts to it, one a line, or name a file.");
  }
  const std::filesystem::path folder = find_model(said.model);
  const std::shared_ptr<const Bundle> model = open_model(folder, said.trust);
  PromptJobs source(request(said, *model), random_seed());
  const std::vector<Job> jobs = plan(said, source, folder);
  const Generator generator(model, said.runtime);
  const Provenance provenance{
      .model_name = model->config().name, .model_digest = model->digest(), .dtype = generator.dtype()};
  return run(generator, provenance, jobs,
             {.overwrite = said.overwrite, .with_metadata = said.with_metadata, .strict_prompt = said.strict_prompt},
             reporter);
}

}  // namespace

ExitCode generate_command(Arguments arguments) {
  const CliResult cli = parse_cli(arguments);
  if (cli.options) return generate(*cli.options);
  std::cout << cli.text << std::flush;
  return std::cout ? ExitCode::ok : ExitCode::io_error;
}

}  // namespace sfumato

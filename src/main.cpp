// The program: words to options, options to pictures, errors to one line and an exit code.
#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <optional>
#include <random>

#include "base/printable.h"
#include "cli/cli.h"
#include "cli/find_model.h"
#include "model/bundle.h"
#include "run/interrupt.h"
#include "run/output_name.h"
#include "run/publish.h"
#include "run/runner.h"
#include "sfumato/generator.h"

namespace {

using namespace sfumato;

std::uint64_t random_seed() {
  std::random_device device;
  return device();  // 32 bits: short enough to be typed again
}

// A standard stream that is closed leaves its number to the next file that is opened, and what is said there would end
// up in a picture. Opened for reading: writing to it still fails, as it should.
void occupy_closed_streams() {
  int file = open("/dev/null", O_RDONLY);
  while (file >= 0 && file <= STDERR_FILENO) file = open("/dev/null", O_RDONLY);
  close(file);
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

std::vector<Job> plan(const CliOptions& said, const Bundle& model, const std::filesystem::path& model_folder) {
  const std::vector<GenerateOptions> pictures =
      pictures_of(said, default_options(model), model.config().latents.downscale, random_seed());
  const std::vector<std::filesystem::path> names = output_names(said.output, pictures);
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (names[i] != "-") {
      refuse_inside(model_folder, names[i]);
      check_publishable(names[i], said.overwrite);
    }
    jobs.push_back({.options = pictures[i], .output = names[i]});
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
  const std::filesystem::path folder = find_model(said.model);
  const std::shared_ptr<const Bundle> model = open_model(folder, said.trust);
  const std::vector<Job> jobs = plan(said, *model, folder);
  const Generator generator(model, said.runtime);
  const Provenance provenance{
      .model_name = model->config().name, .model_digest = model->digest(), .dtype = generator.dtype()};
  return run(generator, provenance, jobs,
             {.overwrite = said.overwrite, .with_metadata = said.with_metadata, .strict_prompt = said.strict_prompt},
             reporter);
}

int fail(ExitCode code, const std::string& message) {
  std::cerr << (isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : "") << "sfumato: error: " << message << '\n';
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  bool debug = false;
  occupy_closed_streams();
  try {
    watch_signals();
    const CliResult cli = parse_cli({argv + 1, argv + argc});
    if (!cli.options) {
      std::cout << cli.text << std::flush;
      return static_cast<int>(std::cout ? ExitCode::ok : ExitCode::io_error);
    }
    debug = cli.options->debug;
    return static_cast<int>(generate(*cli.options));
  } catch (const Error& error) {
    return fail(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitCode::stopped_early, "not enough memory.");
  } catch (const std::exception& error) {
    // A fault of ours or of LibTorch, whose messages carry pages of backtrace after their first line.
    const std::string text = error.what();
    return fail(ExitCode::internal,
                debug ? text : printable(text.substr(0, text.find('\n')), 300) + ". --debug tells more.");
  }
}

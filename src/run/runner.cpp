#include "run/runner.h"

#include <cstdio>
#include <iostream>

#include "base/printable.h"
#include "run/interrupt.h"
#include "run/metadata.h"
#include "run/publish.h"

namespace sfumato {
namespace {

constexpr std::size_t kShownWords = 120;  // bytes

void write_to_stdout(std::span<const std::uint8_t> bytes) {
  std::cout.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!std::cout.flush()) throw Error(ExitCode::io_error, "standard output cannot be written to.");
}

void warn_of_lost_words(const Generator& generator, const std::vector<Job>& jobs, bool strict, Reporter& reporter) {
  std::string last;
  for (const Job& job : jobs) {
    for (const std::string* prompt : {&job.options.prompt, &job.options.negative_prompt}) {
      const std::string lost = generator.lost_words(*prompt);
      if (lost.empty() || lost == last) continue;
      const std::string message =
          "the prompt is longer than this model reads; lost: \"" + printable(lost, kShownWords) + "\"";
      if (strict) throw Error(ExitCode::some_failed, message + ". Shorten it, or leave --strict-prompt out.");
      reporter.warn(message);
      last = lost;
    }
  }
}

}  // namespace

ExitCode run(const Generator& generator, const Provenance& provenance, const std::vector<Job>& jobs,
             const RunOptions& options, Reporter& reporter) {
  if (!generator.warning().empty()) reporter.warn(generator.warning());
  warn_of_lost_words(generator, jobs, options.strict_prompt, reporter);
  std::vector<GenerateOptions> pictures;
  for (const Job& job : jobs) pictures.push_back(job.options);

  throw_if_interrupted();  // a signal that came while the networks were loaded
  reporter.started(jobs.size(), provenance.model_name, generator.runtime());
  generator.generate(pictures,
                     {.on_step =
                          [&](std::size_t picture, int step, int steps) {
                            reporter.step(picture, step, steps);
                            throw_if_interrupted();
                            return StepAnswer::go_on;
                          },
                      .on_image =
                          [&](std::size_t picture, const Image& image) {
                            const Job& job = jobs[picture];
                            const auto texts =
                                options.with_metadata ? metadata(job.options, provenance) : std::vector<PngText>{};
                            const std::vector<std::uint8_t> png = encode_png(image, texts);
                            if (job.output == "-") {
                              write_to_stdout(png);
                            } else {
                              publish(job.output, png, options.overwrite);
                            }
                            reporter.finished(picture, job, key_of(job.options, provenance));
                          },
                      .on_failed = [&](std::size_t picture,
                                       const Error& error) { reporter.failed(picture, jobs[picture], error.what()); }});
  reporter.done();
  return reporter.failures() == 0 ? ExitCode::ok : ExitCode::some_failed;
}

}  // namespace sfumato

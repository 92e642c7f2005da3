#include "cli/calibrate.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "image/png.h"

namespace sfumato {
namespace {

constexpr int kFewSteps = 2;
constexpr int kMoreSteps = 6;

double seconds_of(const Generator& generator, GenerateOptions options, int steps) {
  options.steps = steps;
  if (options.refiner_switch < 1) options.refiner_switch = 0.5;  // of two steps one is left to each model
  options.sigmas.clear();                                        // sigmas would set another number of steps
  options.init.exact_steps = !options.init.image.path.empty();   // strength would, too
  const std::vector<GenerateOptions> jobs(generator.batch_size(), options);
  const auto begin = std::chrono::steady_clock::now();
  generator.generate(jobs, {.on_image = [](std::size_t, const Image& image) { (void)encode_png(image, {}); },
                            .on_failed = [](std::size_t, const Error& error) { throw error; }});
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() /
         static_cast<double>(jobs.size());
}

double evaluations_in(const GenerateOptions& options, int steps) {
  return evaluations(options.sampling_method, steps) * (options.cfg_scale == 1 ? 1.0 : 2.0);
}

}  // namespace

Calibrate calibrate_on(const Generator& generator) {
  return [&generator](const GenerateOptions& example) {
    (void)seconds_of(generator, example, kFewSteps);  // warm-up: memory, kernels
    const double few = seconds_of(generator, example, kFewSteps);
    const double more = seconds_of(generator, example, kMoreSteps);
    const double evaluation = (more - few) / (evaluations_in(example, kMoreSteps) - evaluations_in(example, kFewSteps));
    Timing timing{.picture = 0, .evaluation = std::max(evaluation, 0.0)};
    timing.picture = std::max(few - timing.evaluation * evaluations_in(example, kFewSteps), 0.0);
    return timing;
  };
}

}  // namespace sfumato

// From prompts to images: what a C++ program needs of sfumato.
//
//   const auto model = sfumato::open_model("models/default");
//   const sfumato::Generator generator(model, {.device = "cpu"});
//   sfumato::GenerateOptions options = sfumato::default_options(*model);
//   options.prompt = "a smiling cat, 3D style";
//   const sfumato::Image image = generator.generate(options);
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "sfumato/error.h"
#include "sfumato/image.h"
#include "sfumato/options.h"
#include "sfumato/trust.h"

namespace sfumato {

class Bundle;

// Checks a bundle (docs/bundle-format.md) file by file, and maps it. trust: which graphs and tokenizers to
// use. Throws Error(input_missing) or Error(bad_bundle).
[[nodiscard]] std::shared_ptr<const Bundle> open_model(const std::filesystem::path& folder, Trust trust = Trust::known);

// The model's own size, steps, cfg scale, sampling method and scheduler.
[[nodiscard]] GenerateOptions default_options(const Bundle& model);

// The dtype of the model's networks with these options, such as "float32", without loading them. Throws as Generator
// does.
[[nodiscard]] std::string dtype_of(const Bundle& model, const RuntimeOptions& options);

// An evaluation of the U-Net has ended.
struct StepInfo {
  std::size_t job = 0;
  int step = 0;  // that the evaluation belongs to, from 1
  int steps = 0;
  int evaluation = 0;  // from 1; some sampling methods take two a step
  int evaluations = 0;
  // Decodes the picture as it is now; takes as long as decoding the finished one. Only during the callback. Throws
  // Error.
  std::function<Image()> preview{};
};

// Whether a picture goes on after a step, or is dropped.
enum class StepAnswer { go_on, drop };

// Events of a run. `job` counts from 0 in the order in which jobs were given. Each job ends with exactly one of
// on_image, on_failed and on_dropped. An exception from a callback ends the run.
struct Callbacks {
  std::function<StepAnswer(const StepInfo& step)> on_step = [](const StepInfo&) { return StepAnswer::go_on; };
  std::function<void(std::size_t job, Image image)> on_image = [](std::size_t, Image) {};
  std::function<void(std::size_t job, const Error& error)> on_failed = [](std::size_t, const Error&) {};
  std::function<void(std::size_t job)> on_dropped = [](std::size_t) {};
  // Before on_image: how that picture was made, if a user should know, such as "decoded in tiles, ...".
  std::function<void(std::size_t job, const std::string& note)> on_note = [](std::size_t, const std::string&) {};
};

// There is no job now, but there may be later.
struct NoneYet {};
// There are no more jobs.
struct NoMoreJobs {};

using NextJobResult = std::variant<GenerateOptions, NoneYet, NoMoreJobs>;

// Gives the next job. may_wait: no picture is in flight, so it may wait for a job as long as it likes; otherwise
// pictures stand still until it answers. It is called again after NoneYet: at once if may_wait, else after a step.
using NextJob = std::function<NextJobResult(bool may_wait)>;

// Not for several threads at once: it caches encoded prompts.
class Generator {
 public:
  // Loads the networks. refiner: an SDXL refiner, which draws the last steps of pictures with
  // GenerateOptions::refiner_switch below 1; nullptr: none. Throws Error(device_absent), Error(usage) or
  // Error(bad_bundle).
  Generator(std::shared_ptr<const Bundle> model, const RuntimeOptions& runtime,
            std::shared_ptr<const Bundle> refiner = nullptr);
  ~Generator();
  Generator(Generator&&) noexcept;

  // One picture. Throws Error. The same options and runtime give the same bytes.
  [[nodiscard]] Image generate(const GenerateOptions& options) const;

  // Many pictures; RuntimeOptions::batch_size of them share a run of the network, whatever their options. The next job
  // is requested when there is room for it, so there may be any number of jobs. A picture that fails, or cannot even
  // start, is reported by on_failed and does not stop the others.
  void generate(const NextJob& next, const Callbacks& callbacks) const;
  void generate(std::span<const GenerateOptions> jobs, const Callbacks& callbacks) const;

  // The end of the prompt that the text encoder has no room for; mostly empty.
  [[nodiscard]] std::string lost_words(const std::string& prompt, Weighting weighting = Weighting::a1111) const;

  // "cpu, float32, 2 threads"
  [[nodiscard]] std::string runtime() const;
  // How the device was chosen, if a user should know; mostly empty.
  [[nodiscard]] std::string warning() const;
  // "float32"
  [[nodiscard]] std::string dtype() const;
  // How many pictures share a run of the U-Net, at least 1.
  [[nodiscard]] std::size_t batch_size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfumato

// From prompts to pictures: what a C++ program needs of sfumato.
//
//   const auto model = sfumato::open_model("models/default");
//   const sfumato::Generator generator(model, {.device = "cpu"});
//   sfumato::GenerateOptions options = sfumato::default_options(*model);
//   options.prompt = "a smiling cat, 3D style";
//   const sfumato::Image picture = generator.generate(options);
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "sfumato/error.h"
#include "sfumato/image.h"
#include "sfumato/options.h"

namespace sfumato {

class Bundle;

// Checks a bundle (models/README.md) file by file, and maps it. trust: also use graphs, which are programs, and a
// tokenizer that this program does not know. Throws Error(input_missing) or Error(bad_bundle).
[[nodiscard]] std::shared_ptr<const Bundle> open_model(const std::filesystem::path& folder, bool trust = false);

// The model's own size, steps, cfg scale, sampling method and scheduler.
[[nodiscard]] GenerateOptions default_options(const Bundle& model);

// The dtype that the model's networks have with these options, "float32", without loading any. Throws as Generator
// does.
[[nodiscard]] std::string dtype_of(const Bundle& model, const RuntimeOptions& options);

// Whether a picture goes on after a step, or is dropped.
enum class StepAnswer { go_on, drop };

// What a run tells while it goes on. `job` counts from 0 in the order in which jobs were asked for. Each job ends with
// exactly one of on_image, on_failed and on_dropped. What a callback throws ends the run.
struct Callbacks {
  std::function<StepAnswer(std::size_t job, int step, int steps)> on_step = [](std::size_t, int, int) {
    return StepAnswer::go_on;
  };
  std::function<void(std::size_t job, Image image)> on_image = [](std::size_t, Image) {};
  std::function<void(std::size_t job, const Error& error)> on_failed = [](std::size_t, const Error&) {};
  std::function<void(std::size_t job)> on_dropped = [](std::size_t) {};
  // Before on_image: what a user should know of how that picture was made, such as "decoded in tiles, ...".
  std::function<void(std::size_t job, const std::string& note)> on_note = [](std::size_t, const std::string&) {};
};

// Gives the next job, or nothing when there are no more.
using NextJob = std::function<std::optional<GenerateOptions>()>;

// Not for several threads at once: it remembers the prompts it encoded last.
class Generator {
 public:
  // Loads the networks. Throws Error(device_absent), Error(usage) or Error(bad_bundle).
  Generator(std::shared_ptr<const Bundle> model, const RuntimeOptions& runtime);
  ~Generator();
  Generator(Generator&&) noexcept;

  // One picture. Throws Error. The same options and runtime give the same bytes.
  [[nodiscard]] Image generate(const GenerateOptions& options) const;

  // Many pictures; RuntimeOptions::batch_size of them share a run of the network, whatever their options. The next job
  // is asked for when there is room for it, so jobs may be without number. A picture that fails, or cannot even start,
  // is told by on_failed and does not stop the others.
  void generate(const NextJob& next, const Callbacks& callbacks) const;
  void generate(std::span<const GenerateOptions> jobs, const Callbacks& callbacks) const;

  // The end of the prompt that the text encoder has no room for; empty if it takes the whole prompt.
  [[nodiscard]] std::string lost_words(const std::string& prompt, Weighting weighting = Weighting::a1111) const;

  // "cpu, float32, 2 threads"
  [[nodiscard]] std::string runtime() const;
  // What a user should know of how the device was chosen; mostly empty.
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

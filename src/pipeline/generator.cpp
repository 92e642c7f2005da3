// The whole flow: prompt to conditioning, seed to noise, noise to latents, latents to image. Generator::Impl::start
// shows it for one picture.
#include "sfumato/generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full_like.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <optional>

#include "base/colour.h"
#include "base/fault.h"
#include "base/memory.h"
#include "bundle/bundle.h"
#include "bundle/check_model_inputs.h"
#include "bundle/check_refiner.h"
#include "bundle/check_weights.h"
#include "diffusion/engine.h"
#include "diffusion/noise.h"
#include "diffusion/samplers/samplers.h"
#include "image/one_colour.h"
#include "nn/tensor_image.h"
#include "nn/torch_error.h"
#include "nn/vae_decoder.h"
#include "nn/vae_encoder.h"
#include "pipeline/init_image.h"
#include "pipeline/initial_latents.h"
#include "pipeline/map_guidance.h"
#include "pipeline/memory_check.h"
#include "pipeline/prompt_guidance.h"
#include "pipeline/refiner.h"
#include "text/prompt.h"

namespace sfumato {
namespace {

using Note = std::function<void(const std::string&)>;
using OnEvaluation = std::function<bool(const at::Tensor& denoised)>;

struct EncodedInitImage {
  std::shared_ptr<const InitImage> image;  // nullptr: none
  InitImageLatents latents;
};

std::size_t batch_size_of(const RuntimeOptions& options, const Runtime& runtime) {
  const int automatic = runtime.device.is_cpu() ? 1 : kLargestBatch;
  return static_cast<std::size_t>(options.batch_size > 0 ? options.batch_size : automatic);
}

// The noise levels of the picture: with an init image only the last steps.
SigmaTable table_of(const NoiseSchedule& schedule, const GenerateOptions& o, const ModelConfig& model) {
  GenerateOptions from_noise = o;
  from_noise.steps = steps_from_noise(o);
  const SigmaTable table = sigma_table(schedule, from_noise, model.pooled_width > 0 ? AysLevels::sdxl : AysLevels::sd1);
  const int skipped = from_noise.steps - steps_done(o);
  return skipped == 0 ? table : from_step(table, skipped);
}

// Calls `function`; an Error, and memory that does not suffice, go to on_failed. Returns whether there was neither. An
// error of the bundle is one of every picture, and is thrown.
bool succeeds(std::size_t job, const Callbacks& callbacks, const std::string& what,
              const std::function<void()>& function) {
  std::optional<Error> failure;
  try {
    function();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bad_bundle) throw;
    failure = error;
  } catch (const std::exception& error) {
    if (!is_out_of_memory(error)) throw;
    failure = Error(ErrorKind::stopped_early, "not enough memory to " + what + " the picture.");
  }
  if (failure) callbacks.on_failed(job, *failure);  // here, where nothing holds the memory of the attempt any more
  return !failure;
}

// Throws Error(internal) for a picture of one colour.
void refuse_flat(const Image& decoded, const Runtime& runtime) {
  const std::optional<std::uint32_t> colour = one_colour(decoded);
  if (!colour) return;
  const bool is_half = runtime.dtype != at::kFloat;
  throw Error(ErrorKind::internal,
              "the picture is of one colour (" + colour_text(*colour) + "), so it is not saved. " +
                  (is_half ? "Mostly " + dtype_name(runtime) + " did not suffice: take `dtype` float32"
                           : "Mostly latents grew too large: take a smaller `cfg_scale`") +
                  "; if it must be so, `allow_flat`.");
}

}  // namespace

std::string dtype_of(const Bundle& model, const RuntimeOptions& options) {
  return dtype_name(start_runtime(options, model.config().defaults.dtype));
}

struct Generator::Impl {
  Impl(std::shared_ptr<const Bundle> model, const RuntimeOptions& options, std::shared_ptr<const Bundle> refiner);

  struct Stages {
    Task first;
    std::deque<Stage> later;
  };
  using TaskOf = std::function<Task(const at::Tensor& x, const SigmaTable& levels, Guidance guides, PredictionType)>;

  [[nodiscard]] DenoiseJob start(const GenerateOptions& options, std::size_t job, const Callbacks& callbacks);
  [[nodiscard]] Stages stages_of(const GenerateOptions& options, const SigmaTable& table, const at::Tensor& x,
                                 Guidance guidance, const TaskOf& task_of);
  void check_options(const GenerateOptions& options) const;
  [[nodiscard]] Guidance encode(const GenerateOptions& options, const Note& note);
  [[nodiscard]] EncodedInitImage encode_init_image(const GenerateOptions& options, const Note& note);
  [[nodiscard]] InitialLatents initial_latents(const GenerateOptions& options, const EncodedInitImage& init,
                                               const SigmaTable& table, NoiseSource& noise) const;
  [[nodiscard]] double memory_needed(const GenerateOptions& options, const Guidance& guidance);
  [[nodiscard]] std::vector<std::int64_t> latents_shape(const GenerateOptions& options) const;
  [[nodiscard]] OnEvaluation progress(const GenerateOptions& options, const SigmaTable& table,
                                      std::shared_ptr<const InitImage> init, std::size_t job,
                                      const Callbacks& callbacks);
  [[nodiscard]] Image decode(const at::Tensor& latents, const InitImage* init, bool allow_flat, const Note& note);
  void finish(const at::Tensor& latents, const InitImage* init, std::uint64_t seed, const Note& note, std::size_t job,
              const Callbacks& callbacks);
  [[nodiscard]] VaeEncoder& encoder();

  std::shared_ptr<const Bundle> model_;
  Runtime runtime_;
  std::size_t batch_size_;
  bool allow_flat_;
  std::future<VaeDecoder> loading_decoder_;  // all networks load at once
  std::future<Network> loading_unet_;
  std::future<std::unique_ptr<Refiner>> loading_refiner_;
  std::vector<MapClass> map_classes_;
  PromptGuidance prompts_;
  Network unet_;
  std::unique_ptr<Refiner> refiner_;  // nullptr: none
  NoiseSchedule schedule_;
  VaeDecoder decoder_;
  std::optional<VaeEncoder> encoder_;  // loaded when it is first needed
};

Generator::Impl::Impl(std::shared_ptr<const Bundle> model, const RuntimeOptions& options,
                      std::shared_ptr<const Bundle> refiner)
    : model_(std::move(model)),
      runtime_(start_runtime(options, model_->config().defaults.dtype)),
      batch_size_(batch_size_of(options, runtime_)),
      allow_flat_(options.allow_flat),
      loading_decoder_(std::async(
          std::launch::async, [this, tiling = options.vae_tiling] { return VaeDecoder(*model_, runtime_, tiling); })),
      loading_unet_(std::async(std::launch::async, [this] { return Network(*model_, NetworkKind::unet, runtime_); })),
      loading_refiner_(std::async(std::launch::async,
                                  [this, refiner = std::move(refiner)] {
                                    return refiner ? std::make_unique<Refiner>(refiner, model_->config(), runtime_)
                                                   : nullptr;
                                  })),
      map_classes_(map_classes(*model_)),
      prompts_(*model_, runtime_),
      unet_(loading_unet_.get()),
      refiner_(loading_refiner_.get()),
      schedule_(model_->config().noise_schedule),
      decoder_(loading_decoder_.get()) {
  model_->check_all();  // also files that no picture needs: a model is whole or not used
  check_weights(*model_);
  unet_.check_inputs(unet_inputs(model_->config()));
}

// One picture from options to image. The engine runs its sampler together with those of other pictures, then calls
// back.
DenoiseJob Generator::Impl::start(const GenerateOptions& o, std::size_t job, const Callbacks& callbacks) {
  check_options(o);
  const SigmaTable table = table_of(schedule_, o, model_->config());
  const Note note = [job, &callbacks](const std::string& text) {
    if (!text.empty()) callbacks.on_note(job, text);
  };

  // 1. Encode: prompts, semantic map, init image.
  Guidance guidance = encode(o, note);
  check_memory(o, memory_needed(o, guidance), available_memory());
  const EncodedInitImage init = encode_init_image(o, note);

  // 2. Noise.
  const auto noise = std::make_shared<NoiseSource>(o.seed, latents_shape(o), runtime_.device, o.rng);
  const InitialLatents initial = initial_latents(o, init, table, *noise);
  if (initial.concat.defined()) guidance.concat = initial.concat;

  // 3. Sample.
  const Noise of_steps = noise_of(o, table, noise);
  const auto task_of = [=](const at::Tensor& x, const SigmaTable& levels, Guidance guides, PredictionType type) {
    return Task{.sampling = sample(o.sampling_method, x, levels, o.eta, of_steps, type, o.churn),
                .table = levels,
                .guidance = std::move(guides),
                .blend = initial.blend};
  };
  Stages stages = stages_of(o, table, initial.x, std::move(guidance), task_of);

  // 4. Decode. 5. Finish.
  auto on_finished = [this, job, &callbacks, note, image = init.image, seed = o.seed](const at::Tensor& latents) {
    finish(latents, image.get(), seed, note, job, callbacks);
  };
  return {.task = std::move(stages.first),
          .later = std::move(stages.later),
          .on_evaluation = progress(o, table, init.image, job, callbacks),
          .on_finished = std::move(on_finished),
          .on_failed = [job, &callbacks](const Error& error) { callbacks.on_failed(job, error); }};
}

// The base model draws the first steps and the refiner, if there is one, the others. Its sampler starts anew.
Generator::Impl::Stages Generator::Impl::stages_of(const GenerateOptions& o, const SigmaTable& table,
                                                   const at::Tensor& x, Guidance guidance, const TaskOf& task_of) {
  const PredictionType type = model_->config().noise_schedule.prediction_type;
  if (o.refiner_switch == 1) return {.first = task_of(x, table, std::move(guidance), type), .later = {}};
  const int steps = steps_of_base(table, schedule_, o.refiner_switch);
  const auto refine = [=, refiner = refiner_.get(), guides = refiner_->guidance(o)](const at::Tensor& start,
                                                                                    const SigmaTable& levels) {
    Task task = task_of(start, levels, guides, refiner->config().noise_schedule.prediction_type);
    task.denoiser = &refiner->denoiser();
    return task;
  };
  if (steps == 0) return {.first = refine(x, table), .later = {}};
  Stages stages{.first = task_of(x, to_step(table, steps), std::move(guidance), type), .later = {}};
  stages.first.hands_over = true;
  stages.later.emplace_back([refine, rest = from_step(table, steps)](const at::Tensor& latents) {
    const double sigma = rest.sigmas.front();
    return refine(latents * std::sqrt(1 + sigma * sigma), rest);
  });
  return stages;
}

void Generator::Impl::check_options(const GenerateOptions& o) const {
  check(o, model_->config().latents.downscale);
  check_prompts(o);
  check_model_inputs(o, model_->config());
  check_refiner_switch(o, refiner_ != nullptr);
}

Guidance Generator::Impl::encode(const GenerateOptions& o, const Note& note) {
  Guidance guidance = prompts_.guidance(o);
  if (model_->config().segmap) note(guide_by_map(guidance, o, model_->config(), map_classes_, runtime_.device));
  if (model_->config().instruct_pix2pix) guidance.concat_scale = o.init.image_cfg_scale;
  return guidance;
}

EncodedInitImage Generator::Impl::encode_init_image(const GenerateOptions& o, const Note& note) {
  if (o.init.image.path.empty()) return {};
  const auto image = std::make_shared<const InitImage>(read_init_image(o));
  EncodedInitImage result{.image = image,
                          .latents = encode_image(*image, encoder(), model_->config(), runtime_.device)};
  note(image->note);
  note(result.latents.picture.note);
  return result;
}

InitialLatents Generator::Impl::initial_latents(const GenerateOptions& o, const EncodedInitImage& init,
                                                const SigmaTable& table, NoiseSource& noise) const {
  if (!init.image) return latents_from_noise(table, noise);
  const std::optional<InstructPix2PixConfig>& editing = model_->config().instruct_pix2pix;
  if (editing) return latents_to_edit(init.latents, *editing, table, noise);
  return latents_from_image(init.latents, table, steps_done(o) == steps_from_noise(o), noise);
}

std::vector<std::int64_t> Generator::Impl::latents_shape(const GenerateOptions& o) const {
  const LatentConfig& latents = model_->config().latents;
  return {1, latents.channels, o.height / latents.downscale, o.width / latents.downscale};
}

// Bytes for the most expensive part of the picture; 0 on a GPU, whose allocator reports what it has not. On a CPU the
// kernel would end the process without a word.
double Generator::Impl::memory_needed(const GenerateOptions& o, const Guidance& guidance) {
  if (!runtime_.device.is_cpu()) return 0;
  const std::int64_t downscale = model_->config().latents.downscale;
  const auto rows = rows_of(guidance) * static_cast<std::int64_t>(batch_size_);
  const auto run_of = [&](const Network& unet) {
    return memory_of_run(unet, rows, o.height / downscale, o.width / downscale);
  };
  const double unet = std::max(run_of(unet_), refiner_ ? run_of(refiner_->unet()) : 0);
  const double vae_encoder = o.init.image.path.empty() ? 0 : encoder().memory(o.width, o.height);
  return std::max({unet, decoder_.least_memory(o.width, o.height), vae_encoder});
}

// Reports each evaluation, with a preview on demand.
OnEvaluation Generator::Impl::progress(const GenerateOptions& o, const SigmaTable& table,
                                       std::shared_ptr<const InitImage> init, std::size_t job,
                                       const Callbacks& callbacks) {
  return [this, init = std::move(init), job, &callbacks, steps = steps_done(o),
          total = evaluations(o.sampling_method, table), done = 0](const at::Tensor& denoised) mutable {
    ++done;
    const StepInfo info{
        .job = job,
        .step = std::min(1 + (done - 1) * steps / total, steps),
        .steps = steps,
        .evaluation = done,
        .evaluations = std::max(total, done),  // dpm_adaptive may take more than the guess
        .preview = [&] { return decode(denoised, init.get(), /*allow_flat=*/true, [](const std::string&) {}); }};
    if (callbacks.on_step(info) == StepAnswer::go_on) return true;
    callbacks.on_dropped(job);
    return false;
  };
}

Image Generator::Impl::decode(const at::Tensor& latents, const InitImage* init, bool allow_flat, const Note& note) {
  const Decoded decoded = decoder_.decode(latents, available_memory());
  Image image = to_image(decoded.pixels);
  if (!allow_flat) refuse_flat(image, runtime_);  // before an init image covers it
  if (init != nullptr) image = finish_init_image(*init, std::move(image));
  note(decoded.note);
  return image;
}

void Generator::Impl::finish(const at::Tensor& latents, const InitImage* init, std::uint64_t seed, const Note& note,
                             std::size_t job, const Callbacks& callbacks) {
  Image image;
  const auto decode_it = [&] {
    const bool is_spoiled = fault("after_denoise", seed) || fault("vae_decode", seed);
    image = decode(is_spoiled ? at::full_like(latents, NAN) : latents, init, allow_flat_, note);
  };
  if (!succeeds(job, callbacks, "decode", decode_it)) return;
  model_->check_unchanged();  // no image of weights that changed under it is given out
  if (refiner_) refiner_->model().check_unchanged();
  callbacks.on_image(job, std::move(image));
}

VaeEncoder& Generator::Impl::encoder() { return encoder_ ? *encoder_ : encoder_.emplace(*model_, runtime_); }

Generator::Generator(std::shared_ptr<const Bundle> model, const RuntimeOptions& runtime,
                     std::shared_ptr<const Bundle> refiner)
    : impl_(std::make_unique<Impl>(std::move(model), runtime, std::move(refiner))) {}
Generator::~Generator() = default;
Generator::Generator(Generator&&) noexcept = default;

void Generator::generate(const NextJob& next, const Callbacks& callbacks) const {
  const c10::InferenceMode inference;
  const NoiseScheduleConfig& noise = impl_->model_->config().noise_schedule;
  const Denoiser denoiser(unet_of(impl_->unet_), noise.prediction_type, noise.edm);
  std::size_t jobs = 0;
  Engine engine(denoiser, impl_->schedule_, impl_->batch_size_, [&](std::size_t size) {
    callbacks.on_note(jobs - 1, "memory is short: batches of " + std::to_string(size) + " from here on");
  });
  const auto fill = [&] {  // returns whether there may be more jobs
    while (!engine.full()) {
      const NextJobResult result = next(/*may_wait=*/engine.idle());
      if (std::holds_alternative<NoMoreJobs>(result)) return false;
      const auto* options = std::get_if<GenerateOptions>(&result);
      if (options == nullptr) return true;
      const std::size_t job = jobs++;
      (void)succeeds(job, callbacks, "read", [&] { engine.add(impl_->start(*options, job, callbacks)); });
    }
    return true;
  };
  for (bool more = true; more || !engine.idle();) {
    if (more) more = fill();
    if (!engine.idle()) engine.round();
  }
}

void Generator::generate(std::span<const GenerateOptions> jobs, const Callbacks& callbacks) const {
  generate(
      [&jobs](bool) -> NextJobResult {
        if (jobs.empty()) return NoMoreJobs{};
        const GenerateOptions& job = jobs.front();
        jobs = jobs.subspan(1);
        return job;
      },
      callbacks);
}

Image Generator::generate(const GenerateOptions& options) const {
  Image result;
  generate({&options, 1}, {.on_image = [&](std::size_t, Image image) { result = std::move(image); },
                           .on_failed = [](std::size_t, const Error& error) { throw error; }});
  return result;
}

std::string Generator::lost_words(const std::string& prompt, Weighting weighting) const {
  return impl_->prompts_.encoder().lost_words(prompt, weighting);
}
std::string Generator::runtime() const { return describe(impl_->runtime_); }
std::string Generator::warning() const { return impl_->runtime_.warning; }
std::size_t Generator::batch_size() const { return impl_->batch_size_; }
std::string Generator::dtype() const { return dtype_name(impl_->runtime_); }

}  // namespace sfumato

// The whole flow: prompt to conditioning, seed to noise, noise to latents, latents to pixels. The only file that knows
// all three stages.
#include "sfumato/generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <future>
#include <new>
#include <optional>
#include <tuple>

#include "base/fault.h"
#include "base/lru_cache.h"
#include "base/memory.h"
#include "bundle/bundle.h"
#include "bundle/check_inputs.h"
#include "diffusion/engine.h"
#include "diffusion/noise.h"
#include "diffusion/samplers.h"
#include "nn/to_image.h"
#include "nn/to_pixels.h"
#include "nn/vae_decoder.h"
#include "nn/vae_encoder.h"
#include "pipeline/init_image.h"
#include "pipeline/initial_latents.h"
#include "pipeline/segmap.h"
#include "text/prompt.h"
#include "text/text_encoder.h"

namespace sfumato {
namespace {

constexpr std::size_t kEncodingsKept = 256;

std::size_t batch_size_of(const RuntimeOptions& options, const Runtime& runtime) {
  const int automatic = runtime.device.is_cpu() ? 1 : kLargestBatch;
  return static_cast<std::size_t>(options.batch_size > 0 ? options.batch_size : automatic);
}

// The steps that are done: of a picture to start from, the last ones.
SigmaTable table_of(const NoiseSchedule& schedule, const GenerateOptions& o) {
  GenerateOptions from_noise = o;
  from_noise.steps = steps_from_noise(o);
  const SigmaTable table = sigma_table(schedule, from_noise);
  const int left_out = from_noise.steps - steps_done(o);
  return left_out == 0 ? table : from_step(table, left_out);
}

}  // namespace

std::string dtype_of(const Bundle& model, const RuntimeOptions& options) {
  return dtype_name(start_runtime(options, model.config().defaults.dtype));
}

struct Generator::Impl {
  Impl(std::shared_ptr<const Bundle> model, const RuntimeOptions& options);
  [[nodiscard]] Conditioning conditioning(const std::string& prompt, const GenerateOptions& options);
  [[nodiscard]] Guidance guidance(const GenerateOptions& options);
  void guide_by_map(Guidance& guidance, const GenerateOptions& options, std::size_t job, const Callbacks& callbacks);
  [[nodiscard]] InitImageLatents latents_of(const InitImage& source);
  [[nodiscard]] Task start(const GenerateOptions& options, std::size_t job, const Callbacks& callbacks);
  void check_memory(const GenerateOptions& options, const Guidance& guidance);
  void finish(const at::Tensor& latents, const InitImage* source, std::size_t job, std::uint64_t seed,
              const Callbacks& callbacks);
  VaeEncoder& encoder();

  std::shared_ptr<const Bundle> model_;
  Runtime runtime_;
  std::size_t batch_size_;
  std::future<VaeDecoder> loading_decoder_;  // all networks at once
  std::future<Network> loading_unet_;
  std::vector<MapClass> map_classes_;
  TextEncoder text_encoder_;
  Network unet_;
  NoiseSchedule schedule_;
  VaeDecoder decoder_;
  std::optional<VaeEncoder> encoder_;  // loaded when it is first needed
  // A prompt is encoded once, however many jobs use it.
  LruCache<std::tuple<std::string, int, Weighting>, Conditioning> encodings_{kEncodingsKept};
};

Generator::Impl::Impl(std::shared_ptr<const Bundle> model, const RuntimeOptions& options)
    : model_(std::move(model)),
      runtime_(start_runtime(options, model_->config().defaults.dtype)),
      batch_size_(batch_size_of(options, runtime_)),
      loading_decoder_(std::async(
          std::launch::async, [this, tiling = options.vae_tiling] { return VaeDecoder(*model_, runtime_, tiling); })),
      loading_unet_(
          std::async(std::launch::async,
                     [this] { return Network(*model_, model_->config().network(NetworkKind::unet), runtime_); })),
      map_classes_(map_classes(*model_)),
      text_encoder_(*model_, runtime_),
      unet_(loading_unet_.get()),
      schedule_(model_->config().noise_schedule),
      decoder_(loading_decoder_.get()) {
  model_->check_all();  // also what no picture needs: a model is whole or not used
}

Conditioning Generator::Impl::conditioning(const std::string& prompt, const GenerateOptions& o) {
  return encodings_.get({prompt, o.clip_skip, o.weighting},
                        [&] { return text_encoder_.encode(prompt, o.clip_skip, o.weighting); });
}

Guidance Generator::Impl::guidance(const GenerateOptions& o) {
  const ModelConfig& config = model_->config();
  Guidance guidance{
      .positive = conditioning(o.prompt, o), .negative = {}, .cfg_scale = o.cfg_scale, .cfg_rescale = o.cfg_rescale};
  if (config.zero_empty_negative_prompt && o.negative_prompt.empty()) {
    guidance.negative = {.context = at::zeros_like(guidance.positive.context),
                         .pooled = at::zeros_like(guidance.positive.pooled)};
  } else {
    guidance.negative = conditioning(o.negative_prompt, o);
  }
  match_lengths(guidance.positive, guidance.negative, [&] { return conditioning("", o); });
  if (config.pooled_width > 0) {
    // As a photograph of that size that was not cropped.
    guidance.size_ids = at::tensor({o.height, o.width, 0, 0, o.height, o.width}, at::kFloat).unsqueeze(0);
  }
  return guidance;
}

// Without a map, which a map scale of 0 or a model with an optional map allows, the picture is drawn from the words
// alone.
void Generator::Impl::guide_by_map(Guidance& guidance, const GenerateOptions& o, std::size_t job,
                                   const Callbacks& callbacks) {
  const std::int64_t channels = model_->config().segmap->channels;
  const std::int64_t downscale = model_->config().latents.downscale;
  const std::vector<std::int64_t> shape = {1, channels, o.height / downscale, o.width / downscale};
  if (o.segmap.path.empty()) {
    guidance.concat = at::zeros(shape, at::TensorOptions(runtime_.device));
    return;
  }
  const SemanticMap map = read_map(o, map_classes_);
  if (!map.note.empty()) callbacks.on_note(job, map.note);
  const std::vector<float> fractions = class_fraction(map, static_cast<int>(channels), static_cast<int>(downscale));
  guidance.concat = at::tensor(fractions).view(shape).to(runtime_.device);
  guidance.map_scale = o.map_scale;
}

VaeEncoder& Generator::Impl::encoder() { return encoder_ ? *encoder_ : encoder_.emplace(*model_, runtime_); }

InitImageLatents Generator::Impl::latents_of(const InitImage& source) {
  const at::Tensor pixels = to_pixels(source.picture);
  InitImageLatents latents{.picture = encoder().encode(pixels)};
  if (source.mask.empty()) return latents;
  at::Tensor mask = to_mask(source.mask, source.picture.width);
  if (model_->config().inpainting) {  // trained with hard edges, as diffusers gives it
    mask = (mask >= 0.5).to(at::kFloat);
    latents.masked = encoder().encode(pixels * (1 - mask));
  }
  latents.mask = latent_mask(mask, model_->config().latents.downscale).to(runtime_.device);
  return latents;
}

Task Generator::Impl::start(const GenerateOptions& o, std::size_t job, const Callbacks& callbacks) {
  const ModelConfig& config = model_->config();
  const std::int64_t downscale = config.latents.downscale;
  check(o, config.latents.downscale);
  check_prompts(o);
  check_inputs(o, config);
  const SigmaTable table = table_of(schedule_, o);
  Guidance guidance = this->guidance(o);
  if (config.segmap) guide_by_map(guidance, o, job, callbacks);
  check_memory(o, guidance);
  const auto noise = std::make_shared<NoiseSource>(
      o.seed, std::vector<std::int64_t>{1, config.latents.channels, o.height / downscale, o.width / downscale},
      runtime_.device);
  std::shared_ptr<const InitImage> source;
  InitialLatents beginning;
  if (o.init_img.path.empty()) {
    beginning = latents_from_noise(table, *noise);
  } else {
    source = std::make_shared<const InitImage>(read_init_image(o));
    const InitImageLatents latents = latents_of(*source);
    for (const std::string& note : {source->note, latents.picture.note}) {
      if (!note.empty()) callbacks.on_note(job, note);
    }
    beginning = latents_from_image(latents, table, steps_done(o) == steps_from_noise(o), *noise);
  }
  if (beginning.concat.defined()) guidance.concat = beginning.concat;
  return {
      .sampling = sample(
          o.sampling_method, beginning.x, table, o.eta, [noise] { return noise->draw(); },
          config.noise_schedule.prediction_type),
      .table = table,
      .guidance = std::move(guidance),
      .blend = beginning.blend,
      .on_evaluation =
          [&callbacks, job, steps = steps_done(o), total = evaluations(o.sampling_method, table), done = 0]() mutable {
            ++done;
            if (callbacks.on_step(job, done * steps / total, steps) == StepAnswer::go_on) return true;
            callbacks.on_dropped(job);
            return false;
          },
      .on_finished = [this, source, job, seed = o.seed,
                      &callbacks](const at::Tensor& latents) { finish(latents, source.get(), job, seed, callbacks); }};
}

// On a CPU only: there the kernel would end the process without a word; a GPU's allocator reports.
void Generator::Impl::check_memory(const GenerateOptions& o, const Guidance& guidance) {
  if (!runtime_.device.is_cpu()) return;
  const std::int64_t downscale = model_->config().latents.downscale;
  const auto rows = rows_of(guidance) * static_cast<std::int64_t>(batch_size_);
  double needed = std::max(memory_of_run(unet_, rows, o.height / downscale, o.width / downscale),
                           decoder_.least_memory(o.width, o.height));
  if (!o.init_img.path.empty()) needed = std::max(needed, encoder().memory(o.width, o.height));
  const auto available = static_cast<double>(available_memory());
  if (needed <= available) return;
  const auto gigabytes = [](double bytes) { return std::to_string(std::lround(std::ceil(bytes / 1e9))) + " GB"; };
  throw Error(ErrorKind::usage, "--width, --height: a picture of " + std::to_string(o.width) + "x" +
                                    std::to_string(o.height) + " needs about " + gigabytes(needed) + " of memory, " +
                                    gigabytes(available) + " are free. Take a smaller picture.");
}

void Generator::Impl::finish(const at::Tensor& latents, const InitImage* source, std::size_t job, std::uint64_t seed,
                             const Callbacks& callbacks) {
  std::optional<Image> image;
  try {
    Decoded decoded =
        decoder_.decode(fault("after_denoise", seed) ? at::full_like(latents, NAN) : latents, available_memory());
    if (fault("vae_decode", seed)) decoded.pixels = at::full_like(decoded.pixels, NAN);
    image = to_image(decoded.pixels);
    if (source != nullptr) image = finish_init_image(*source, *std::move(image));
    if (!decoded.note.empty()) callbacks.on_note(job, decoded.note);
  } catch (const Error& error) {
    return callbacks.on_failed(job, error);
  } catch (const std::bad_alloc&) {
    return callbacks.on_failed(job, Error(ErrorKind::stopped_early, "not enough memory to decode the picture."));
  }
  callbacks.on_image(job, *std::move(image));
}

Generator::Generator(std::shared_ptr<const Bundle> model, const RuntimeOptions& runtime)
    : impl_(std::make_unique<Impl>(std::move(model), runtime)) {}
Generator::~Generator() = default;
Generator::Generator(Generator&&) noexcept = default;

void Generator::generate(const NextJob& next, const Callbacks& callbacks) const {
  const c10::InferenceMode inference;
  const Denoiser denoiser(unet_of(impl_->unet_), impl_->model_->config().noise_schedule.prediction_type);
  std::size_t jobs = 0;
  Engine engine(denoiser, impl_->schedule_, impl_->batch_size_, [&](std::size_t size) {
    callbacks.on_note(jobs - 1, "memory is short: batches of " + std::to_string(size) + " from here on");
  });
  const auto fill = [&] {  // Returns whether there may be more jobs.
    while (!engine.full()) {
      const std::optional<GenerateOptions> options = next();
      if (!options) return false;
      const std::size_t job = jobs++;
      try {
        engine.add(impl_->start(*options, job, callbacks));
      } catch (const Error& error) {
        callbacks.on_failed(job, error);
      } catch (const std::bad_alloc&) {
        callbacks.on_failed(job, Error(ErrorKind::stopped_early, "not enough memory to read the picture."));
      }
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
      [&jobs]() -> std::optional<GenerateOptions> {
        if (jobs.empty()) return std::nullopt;
        const GenerateOptions& job = jobs.front();
        jobs = jobs.subspan(1);
        return job;
      },
      callbacks);
}

Image Generator::generate(const GenerateOptions& options) const {
  Image picture;
  generate({&options, 1}, {.on_image = [&](std::size_t, Image image) { picture = std::move(image); },
                           .on_failed = [](std::size_t, const Error& error) { throw error; }});
  return picture;
}

std::string Generator::lost_words(const std::string& prompt, Weighting weighting) const {
  return impl_->text_encoder_.lost_words(prompt, weighting);
}
std::string Generator::runtime() const { return describe(impl_->runtime_); }
std::string Generator::warning() const { return impl_->runtime_.warning; }
std::size_t Generator::batch_size() const { return impl_->batch_size_; }
std::string Generator::dtype() const { return dtype_name(impl_->runtime_); }

}  // namespace sfumato

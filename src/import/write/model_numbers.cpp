#include "import/write/model_numbers.h"

#include <algorithm>

#include "api/sampler_info.h"

namespace sfumato {
namespace {

// CLIP's vocabulary, of which the last two are control tokens.
constexpr int kVocabulary = 49408;
constexpr int kBegin = 49406;
constexpr int kEnd = 49407;
constexpr int kExclamationMark = 0;  // what OpenCLIP pads with

TokenizerConfig tokenizer_of(Family family, int max_tokens) {
  TokenizerConfig tokenizer{.kind = TokenizerKind::clip,
                            .file = "merges.txt",
                            .max_tokens = max_tokens,
                            .bos = kBegin,
                            .eos = kEnd,
                            .pad = family == Family::sd2 ? kExclamationMark : kEnd,
                            .pad_2 = {}};
  if (family == Family::sdxl) tokenizer.pad_2 = kExclamationMark;
  return tokenizer;
}

ModelDefaults defaults_of(const Checkpoint& source, int downscale) {
  const bool v_prediction = source.schedule.noise.prediction_type == PredictionType::v_prediction;
  const int side = source.latent_side > 0 ? source.latent_side * downscale : trained_side(source.family, v_prediction);
  ModelDefaults defaults{.width = std::min(side, kMaxSide / downscale * downscale),
                         .height = 0,
                         .steps = 20,
                         .cfg_scale = source.family == Family::sdxl ? 5.0 : 7.5,  // diffusers' pipelines
                         .sampling_method = source.schedule.sampling_method,
                         .scheduler = source.schedule.scheduler,
                         .dtype = {}};
  defaults.height = defaults.width;
  // Distilled for consistency: a few steps, almost without guidance.
  if (info_of(defaults.sampling_method).timesteps == TimestepRule::consistency) {
    defaults.steps = 6;
    defaults.cfg_scale = 1.5;
  }
  return defaults;
}

}  // namespace

ModelConfig config_of(const Checkpoint& source, const GraphSet& graphs) {
  const GraphNumbers numbers = numbers_of(graphs);
  if (numbers.vocabulary < kVocabulary) {
    throw Error(ErrorKind::bad_bundle, source.where + ": the text encoder knows " + std::to_string(numbers.vocabulary) +
                                           " tokens, CLIP has " + std::to_string(kVocabulary) + ".");
  }
  ModelConfig config;
  config.name = source.name;
  config.family = name_of(source.family, source.inpainting);
  config.inpainting = source.inpainting;
  config.license = source.license.empty() ? "LicenseRef-unknown" : source.license;
  config.tokenizer = tokenizer_of(source.family, numbers.max_tokens);
  config.conditioning_width = numbers.conditioning_width;
  config.pooled_width = numbers.pooled_width;
  if (numbers.pooled_width > 0) config.text_encoder_2.emplace();
  config.zero_empty_negative_prompt = source.zero_empty_negative_prompt;
  config.latents = {
      .channels = numbers.latent_channels, .downscale = numbers.downscale, .scaling_factor = source.scaling_factor};
  config.noise_schedule = source.schedule.noise;
  config.defaults = defaults_of(source, numbers.downscale);
  return config;
}

NetworkFiles& files_of(ModelConfig& config, NetworkKind kind) {
  switch (kind) {
    case NetworkKind::text_encoder:
      return config.text_encoder;
    case NetworkKind::text_encoder_2:
      if (!config.text_encoder_2) config.text_encoder_2.emplace();
      return *config.text_encoder_2;
    case NetworkKind::unet:
      return config.unet;
    case NetworkKind::vae_decoder:
      return config.vae_decoder;
    case NetworkKind::vae_encoder:
      break;
  }
  return config.vae_encoder;
}

}  // namespace sfumato

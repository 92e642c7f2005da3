#include "import/write/model_numbers.h"

#include <algorithm>

#include "api/sampler_info.h"

namespace sfumato {
namespace {

// CLIP's vocabulary; the last two are control tokens.
constexpr int kVocabulary = 49408;
constexpr int kStartOfText = 49406;
constexpr int kEndOfText = 49407;

TokenizerConfig tokenizer_of(const FamilyInfo& family, int max_tokens) {
  return {.kind = TokenizerKind::clip,
          .file = "merges.txt",
          .max_tokens = max_tokens,
          .bos = kStartOfText,
          .eos = kEndOfText,
          .pad = family.pad,
          .pad_2 = family.pad_2};
}

ModelDefaults defaults_of(const Checkpoint& checkpoint, const FamilyInfo& family, int downscale) {
  const int side = checkpoint.latent_side > 0 ? checkpoint.latent_side * downscale
                                              : trained_side(family, checkpoint.schedule.noise.prediction_type);
  ModelDefaults defaults{.width = std::min(side, kMaxSide / downscale * downscale),
                         .height = 0,
                         .steps = 20,
                         .cfg_scale = family.cfg_scale,
                         .sampling_method = checkpoint.schedule.sampling_method,
                         .scheduler = checkpoint.schedule.scheduler,
                         .dtype = {}};
  defaults.height = defaults.width;
  // Distilled for consistency: a few steps, almost without guidance.
  if (info_of(defaults.sampling_method).timesteps == TimestepRule::consistency) {
    defaults.steps = 6;
    defaults.cfg_scale = checkpoint.guidance_embedded ? 1 : 1.5;
  }
  return defaults;
}

}  // namespace

ModelConfig config_of(const Checkpoint& checkpoint, const GraphSet& graphs) {
  const FamilyInfo& family = info_of(checkpoint.family);
  const GraphNumbers numbers = numbers_of(graphs);
  if (numbers.vocabulary < kVocabulary) {
    throw Error(ErrorKind::bad_bundle, checkpoint.where + ": the text encoder knows " +
                                           std::to_string(numbers.vocabulary) + " tokens, CLIP has " +
                                           std::to_string(kVocabulary) + ".");
  }
  ModelConfig config;
  config.name = checkpoint.name;
  config.family = graph_name(checkpoint);
  config.inpainting = checkpoint.inpainting;
  config.license = checkpoint.license.empty() ? "LicenseRef-unknown" : checkpoint.license;
  config.tokenizer = tokenizer_of(family, numbers.max_tokens);
  config.conditioning_width = numbers.conditioning_width;
  config.pooled_width = numbers.pooled_width;
  config.zero_empty_negative_prompt = checkpoint.zero_empty_negative_prompt;
  config.latents = {
      .channels = numbers.latent_channels, .downscale = numbers.downscale, .scaling_factor = checkpoint.scaling_factor};
  config.noise_schedule = checkpoint.schedule.noise;
  config.defaults = defaults_of(checkpoint, family, numbers.downscale);
  return config;
}

}  // namespace sfumato

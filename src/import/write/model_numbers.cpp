#include "import/write/model_numbers.h"

#include <algorithm>

#include "api/sampler_info.h"
#include "base/bad_data.h"

namespace sfumato {
namespace {

// CLIP's vocabulary; the last two are control tokens.
constexpr int kVocabulary = 49408;
constexpr int kStartOfText = 49406;
constexpr int kEndOfText = 49407;

constexpr double kPlaygroundCfgScale = 3;  // of Playground 2.5's authors

void check_latents(const Checkpoint& checkpoint, int channels) {
  const auto stated = std::ssize(checkpoint.latents.mean);
  if (stated == 0 || stated == channels) return;
  throw_bad_data(checkpoint.where, "states mean and deviation of " + std::to_string(stated) +
                                       " channels of latents, and its U-Net draws " + std::to_string(channels) +
                                       ". Take another copy of the model");
}

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
  if (!checkpoint.latents.mean.empty()) defaults.cfg_scale = kPlaygroundCfgScale;
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
  config.requires_aesthetics_score = family.requires_aesthetics_score;
  config.zero_empty_negative_prompt = checkpoint.zero_empty_negative_prompt;
  config.instruct_pix2pix = checkpoint.instruct_pix2pix;
  config.latents = checkpoint.latents;
  config.latents.channels = numbers.latent_channels;
  config.latents.downscale = numbers.downscale;
  check_latents(checkpoint, numbers.latent_channels);
  config.noise_schedule = checkpoint.schedule.noise;
  config.defaults = defaults_of(checkpoint, family, numbers.downscale);
  return config;
}

}  // namespace sfumato

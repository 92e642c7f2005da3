// The numbers of a model, as model.json gives them (models/README.md).
#pragma once

#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

struct TokenizerConfig {
  std::string file;  // a sentencepiece model
  int max_tokens = 0;
  int bos = 0;
  int eos = 0;
  int pad = 0;
};

struct NetworkFiles {
  std::string graph;
  std::vector<std::string> weights;
};

struct LatentConfig {
  int channels = 0;
  int downscale = 0;          // pixels per latent, in each direction
  double scaling_factor = 1;  // the U-Net sees encoder output * scaling_factor: unit variance
};

enum class BetaSchedule { linear, scaled_linear };
enum class PredictionType { epsilon, v_prediction, sample };
enum class TimestepSpacing { leading, trailing, linspace };

// diffusers' scheduler_config.json, the part that the samplers need.
struct NoiseScheduleConfig {
  int train_steps = 1000;
  BetaSchedule beta_schedule = BetaSchedule::linear;
  double beta_start = 0;
  double beta_end = 0;
  PredictionType prediction_type = PredictionType::epsilon;
  TimestepSpacing timestep_spacing = TimestepSpacing::leading;
  int steps_offset = 0;
  bool set_alpha_to_one = false;  // whether ddim and pndm end at alpha 1 or at the first training step's
};

struct ModelDefaults {
  int width = 0;
  int height = 0;
  int steps = 0;
  double cfg_scale = 0;
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
};

struct ModelConfig {
  std::string name;
  std::string family;
  std::string license;
  TokenizerConfig tokenizer;
  NetworkFiles text_encoder;
  NetworkFiles unet;
  NetworkFiles vae_decoder;
  NetworkFiles vae_encoder;
  int conditioning_width = 0;
  LatentConfig latents;
  NoiseScheduleConfig noise_schedule;
  ModelDefaults defaults;
};

}  // namespace sfumato

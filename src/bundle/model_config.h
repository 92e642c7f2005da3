// The numbers of a model, as model.json gives them (models/README.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

enum class TokenizerKind { sentencepiece, clip };

struct TokenizerConfig {
  TokenizerKind kind = TokenizerKind::sentencepiece;
  std::string file;  // a sentencepiece model, or the merges of CLIP's byte pairs
  int max_tokens = 0;
  int bos = 0;
  int eos = 0;
  int pad = 0;
  std::optional<int> pad_2;  // for the second text encoder; absent: as pad
};

struct NetworkFiles {
  std::string graph;
  std::vector<std::string> weights;
};

// How 4-D tensors of the weights are stored: as their shape says, or with the channels last, [O, kh, kw, I], as
// convolutions read them. Shapes are [O, I, kh, kw] all the same.
enum class WeightsLayout { contiguous, channels_last };

struct LatentConfig {
  int channels = 0;
  int downscale = 0;          // pixels per latent, in each direction
  double scaling_factor = 1;  // the U-Net sees encoder output * scaling_factor: unit variance
};

// The semantic map that the U-Net sees beside the latents.
struct SegmapConfig {
  std::string classes;    // the file that names them (bundle/map_classes.h)
  int channels = 0;       // one for each class
  bool optional = false;  // the model draws from words alone too; zeros everywhere are no map
};

enum class BetaSchedule { linear, scaled_linear };
enum class PredictionType { epsilon, v_prediction, sample };

// diffusers' scheduler_config.json, the part that the samplers need.
struct NoiseScheduleConfig {
  int train_steps = 1000;
  BetaSchedule beta_schedule = BetaSchedule::linear;
  double beta_start = 0;
  double beta_end = 0;
  PredictionType prediction_type = PredictionType::epsilon;
  TimestepSpacing timestep_spacing = TimestepSpacing::leading;
  int steps_offset = 0;
  bool set_alpha_to_one = false;        // whether ddim and pndm end at alpha 1 or at the first training step's
  bool rescale_betas_zero_snr = false;  // whether the last training step is made pure noise (Lin et al. 2024, alg. 1)
};

struct ModelDefaults {
  int width = 0;
  int height = 0;
  int steps = 0;
  double cfg_scale = 0;
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  std::optional<Dtype> dtype;  // that the networks run in where nothing else is asked for and the device is fast at it
};

struct ModelConfig {
  std::string name;
  std::string family;
  std::string license;
  TokenizerConfig tokenizer;
  NetworkFiles text_encoder;
  std::optional<NetworkFiles> text_encoder_2;
  NetworkFiles unet;
  NetworkFiles vae_decoder;
  NetworkFiles vae_encoder;
  int conditioning_width = 0;
  int pooled_width = 0;     // P of the pooled conditioning; 0: the U-Net takes neither that nor size ids
  bool inpainting = false;  // whether the U-Net also takes a mask and the latents of the masked picture
  bool zero_empty_negative_prompt = false;  // no negative prompt is conditioning of zeros, not of the empty prompt
  WeightsLayout weights_layout = WeightsLayout::contiguous;
  LatentConfig latents;
  std::optional<SegmapConfig> segmap;  // absent: the model draws without a map
  NoiseScheduleConfig noise_schedule;
  ModelDefaults defaults;
};

// The model's own values for a picture.
[[nodiscard]] GenerateOptions default_options(const ModelConfig& config);

}  // namespace sfumato

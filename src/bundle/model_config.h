// The numbers of a model, as model.json states them (docs/bundle-format.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bundle/network_kind.h"
#include "sfumato/options.h"

namespace sfumato {

enum class TokenizerKind { sentencepiece, clip };

struct TokenizerConfig {
  TokenizerKind kind = TokenizerKind::sentencepiece;
  std::string file;  // a sentencepiece model, or the merges of CLIP's byte-pair encoding
  int max_tokens = 0;
  int bos = 0;
  int eos = 0;
  int pad = 0;
  std::optional<int> pad_2;  // for the second text encoder; absent: `pad`
};

struct NetworkFiles {
  std::string graph;
  std::vector<std::string> weights;
};

// How 4-D tensors of the weights are stored: in the order of their shape, or with the channels last, [O, kh, kw, I], as
// convolutions read them. The shape is [O, I, kh, kw] in both layouts.
enum class WeightsLayout { contiguous, channels_last };

struct LatentConfig {
  int channels = 0;
  int downscale = 0;  // pixels per latent, in each direction
  // The U-Net sees encoder output * scaling_factor, which has unit variance; with mean and deviation
  // (encoder output - mean) * scaling_factor / deviation.
  double scaling_factor = 1;
  std::vector<double> mean{};       // one per channel, of the encoder's output; empty: 0
  std::vector<double> deviation{};  // likewise, above 0; empty: 1

  bool operator==(const LatentConfig&) const = default;
};

// The semantic map that the U-Net takes next to the latents.
struct SegmapConfig {
  std::string classes;    // the file that names them (bundle/map_classes.h)
  int channels = 0;       // one for each class
  bool optional = false;  // the model also draws from a prompt alone; all zeros mean no map
};

// A U-Net that takes the latents of a picture next to those that it draws, and edits the picture as the prompt says
// (InstructPix2Pix: Brooks et al. 2023, arXiv:2211.09800).
struct InstructPix2PixConfig {
  bool scaled = false;  // the picture's latents are scaled as those that are drawn, otherwise as the encoder gives them
};

enum class BetaSchedule { linear, scaled_linear };
enum class PredictionType { epsilon, v_prediction, sample };

// Noise of any level between two, without training timesteps (EDM: Karras et al. 2022). The network's timestep is
// log(sigma) / 4.
struct EdmNoise {
  double sigma_data = 1;  // standard deviation of the latents that it was trained on
  double sigma_min = 0.002;
  double sigma_max = 120;

  bool operator==(const EdmNoise&) const = default;
};

// The part of diffusers' scheduler_config.json that the samplers need.
struct NoiseScheduleConfig {
  int train_steps = 1000;
  BetaSchedule beta_schedule = BetaSchedule::linear;
  double beta_start = 0;
  double beta_end = 0;
  PredictionType prediction_type = PredictionType::epsilon;
  std::optional<TimestepSpacing> timestep_spacing{};  // nullopt: each sampler's own (api/sampler_info.h)
  int steps_offset = 0;
  bool set_alpha_to_one = false;        // ddim and pndm end at alpha 1, otherwise at the first training step's alpha
  bool rescale_betas_zero_snr = false;  // the last training step is pure noise (Lin et al. 2024, alg. 1)
  std::optional<EdmNoise> edm{};  // set: of the other members only prediction_type counts, epsilon or v_prediction

  bool operator==(const NoiseScheduleConfig&) const = default;
};

struct ModelDefaults {
  int width = 0;
  int height = 0;
  int steps = 0;
  double cfg_scale = 0;
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  int clip_skip = 1;
  std::optional<Dtype> dtype;  // of the networks, unless another is requested or the device is slow at it
};

struct ModelConfig {
  std::string name;
  std::string family;
  std::string license;
  std::string source_sha256;  // of the checkpoint that it was made from (import/recognise/source_digests.h); empty: not
                              // recorded
  TokenizerConfig tokenizer;
  std::map<NetworkKind, NetworkFiles> networks;  // a model that was read has all that are not optional
  int conditioning_width = 0;
  int pooled_width = 0;     // P of the pooled conditioning; 0: the U-Net takes neither that nor size ids
  bool inpainting = false;  // the U-Net also takes a mask and the latents of the masked image
  std::optional<InstructPix2PixConfig> instruct_pix2pix{};  // absent: it does not edit pictures
  bool requires_aesthetics_score = false;                   // a refiner: its size ids end with an aesthetic score
  bool zero_empty_negative_prompt = false;                  // conditioning of an empty negative prompt is zeros
  WeightsLayout weights_layout = WeightsLayout::contiguous;
  LatentConfig latents;
  std::optional<SegmapConfig> segmap;  // absent: the model takes no map
  NoiseScheduleConfig noise_schedule;
  ModelDefaults defaults;

  [[nodiscard]] bool has(NetworkKind kind) const { return networks.contains(kind); }
  // Requires has(kind).
  [[nodiscard]] const NetworkFiles& network(NetworkKind kind) const { return networks.at(kind); }
};

// The 10 digits by which other programs name a model: AUTOMATIC1111's AutoV2 hash of the checkpoint; the beginning of
// the bundle's digest if no checkpoint is recorded. digest: of the bundle.
[[nodiscard]] std::string model_hash(const ModelConfig& config, const std::string& digest);

// The model's own values for an image.
[[nodiscard]] GenerateOptions default_options(const ModelConfig& config);

}  // namespace sfumato

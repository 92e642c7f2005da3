// D(x; sigma): the U-Net, the meaning of its output, and guidance around it. The only place where pictures share a
// batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bundle/model_config.h"
#include "diffusion/prediction.h"
#include "diffusion/sampler_coroutine.h"
#include "nn/conditioning.h"
#include "nn/network.h"

namespace sfumato {

// What guides a picture: prompts, and channels next to the latents.
//   D = D(none, negative) + concat_scale * (D(concat, negative) - D(none, negative))
//                         + cfg_scale * (D(concat, positive) - D(concat, negative))
// where none is a concat of zeros (Brooks et al. 2023, arXiv:2211.09800, section 3.2.1). With concat_scale 1 that is
// guidance by prompt alone (Ho and Salimans 2022, eq. 6, in diffusers' scale). What cancels is not computed: two thirds
// of the work if concat_scale is 1 or equals cfg_scale, one third if both are 1.
struct Guidance {
  ConditioningSchedule positive;  // of the prompt
  ConditioningSchedule
      negative;            // of the negative prompt, at each step as long as positive; unused if both scales are 1
  double cfg_scale = 1;    // 1: no guidance by prompt
  double cfg_rescale = 0;  // 0 to 1: how far the guided output of the network is rescaled to the standard
                           // deviation of the positive one (Lin et al. 2024, section 3.4)
  at::Tensor size_ids{};   // [1, 6] float32: height and width, top and left of the crop, target height and width
                           // (Podell et al. 2024, section 2.2); of a refiner [1, 5]: an aesthetic score instead of
                           // the last two; undefined unless the model has a pooled width
  at::Tensor negative_size_ids{};  // of the negative prompt; undefined: the same
  at::Tensor concat{};         // [1, E, h, w] float32, on the network's device: E channels after those of the latents,
                               // never scaled; undefined unless the U-Net takes more channels than the latents have
  bool unconditional = false;  // give the estimate for the negative prompt too, and run it even if it cancels
  double concat_scale = 1;     // how far to follow concat: a semantic map, or a picture to edit; 1 for others
};

// Rows of a run of the network that guidance takes: 1 to 3.
[[nodiscard]] int rows_of(const Guidance& guidance);

// One estimate that a sampler waits for.
struct Evaluation {
  at::Tensor x;         // [1, C, h, w] float32, on the network's device
  double sigma = 0;     // > 0
  double timestep = 0;  // for the network
  double progress = 0;  // fraction of the steps that is done, 0 to 1
  const Guidance* guidance = nullptr;
};

// The inputs of one run of the U-Net, all float32, B rows. The graph's name is that of the member unless it is given.
// An undefined tensor is absent.
struct UnetInput {
  at::Tensor latents;     // [B, C + E, h, w]: scaled to variance 1, then Guidance::concat
  at::Tensor timesteps;   // [B]; `timestep`
  at::Tensor context{};   // [B, L, D]; `conditioning`
  at::Tensor pooled{};    // [B, P]
  at::Tensor size_ids{};  // [B, 6], or [B, 5] of a refiner
  NamedTensors more{};    // by the graph's names: what a wrapper of Unet adds, such as control residuals or a guidance
                          // embedding; B rows each
};

// To the prediction [B, C, h, w] float32. Control wraps one Unet in another that adds to the input.
using Unet = std::function<at::Tensor(const UnetInput& input)>;

// Bytes that a run of the U-Net for `rows` rows of latents h x w takes, in addition to its weights.
[[nodiscard]] double memory_of_run(const Network& network, std::int64_t rows, std::int64_t height, std::int64_t width);

// The network as a function that computes in the network's dtype, timesteps and size ids always in float32. Throws
// Error(bad_bundle) that names an input which the graph requires and which is absent, or which the graph does not take.
// The network must outlive it.
[[nodiscard]] Unet unet_of(const Network& network);
// The names of these inputs that the graph of such a model takes.
[[nodiscard]] std::vector<std::string> unet_inputs(const ModelConfig& model);

class Denoiser {
 public:
  // edm: set for a model of EDM noise.
  Denoiser(Unet unet, PredictionType type, std::optional<EdmNoise> edm = {})
      : unet_(std::move(unet)), type_(type), edm_(edm) {}

  // The estimates, in the order of the evaluations, from one run of the network. All may
  // share a batch (below); sigmas, prompts and cfg scales may differ. Throws Error(stopped_early) if memory does not
  // suffice.
  [[nodiscard]] std::vector<Estimate> denoise(std::span<const Evaluation> evaluations) const;

 private:
  [[nodiscard]] std::vector<Estimate> estimates(std::span<const Evaluation> evaluations) const;
  [[nodiscard]] Scalings scalings_at(double sigma) const;

  Unet unet_;
  PredictionType type_;
  std::optional<EdmNoise> edm_;
};

// Whether two evaluations can share a run of the network: the shapes of latents, concat and context are the same.
[[nodiscard]] bool may_share_batch(const Evaluation& a, const Evaluation& b);

}  // namespace sfumato

// D(x; sigma): the U-Net, what its output means, and guidance around it. The only place where several pictures meet in
// one batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "diffusion/prediction.h"
#include "nn/conditioning.h"
#include "nn/network.h"

namespace sfumato {

// What leads a picture: the words, and what the network sees beside the latents.
//   D = D(none, negative) + map_scale * (D(beside, negative) - D(none, negative))
//                         + cfg_scale * (D(beside, wanted) - D(beside, negative))
// where none is a map of zeros (Brooks et al. 2023, arXiv:2211.09800, section 3.2.1). With map_scale 1 that is guidance
// by words alone (Ho and Salimans 2022, eq. 6, in diffusers' scale). What cancels is not computed: two thirds of the
// work where map_scale is 1 or cfg_scale, one third where both are 1.
struct Guidance {
  Conditioning positive;   // of the prompt
  Conditioning negative;   // of the negative prompt, of the same length; not looked at when both scales are equal to 1
  double cfg_scale = 1;    // 1: no guidance by words
  double cfg_rescale = 0;  // 0 to 1: how far the guided output of the network gets the standard deviation of the wanted
                           // one (Lin et al. 2024, section 3.4)
  at::Tensor size_ids{};   // [1, 6] float32: height and width, top and left of the crop, height and width wanted
                           // (Podell et al. 2024, section 2.2); undefined unless the model has a pooled width
  at::Tensor concat{};   // [1, E, h, w] float32, on the network's device: E channels that follow those of the latents,
                         // never scaled; undefined unless the U-Net takes more channels than the latents have
  double map_scale = 1;  // how far to follow a map in `beside`; 1 with anything else there
};

// How many rows of a run of the network guidance takes: 1 to 3.
[[nodiscard]] int rows_of(const Guidance& guidance);

// One estimate that a sampler waits for.
struct Evaluation {
  at::Tensor x;         // [1, C, h, w] float32, on the network's device
  double sigma = 0;     // > 0
  double timestep = 0;  // what the network is told
  const Guidance* guidance = nullptr;
};

// The rows of one run of the U-Net, all float32.
struct UnetInput {
  at::Tensor latents;     // [B, C + E, h, w]: scaled to variance 1, and what is beside them
  at::Tensor timesteps;   // [B]
  at::Tensor context;     // [B, L, D]
  at::Tensor pooled{};    // [B, P], and
  at::Tensor size_ids{};  // [B, 6]: undefined unless the model has a pooled width
};

// To the prediction [B, C, h, w] float32.
using Unet = std::function<at::Tensor(const UnetInput& input)>;

// Bytes that one run of the U-Net for so many rows of latents h x w takes, beside its weights.
[[nodiscard]] double memory_of_run(const Network& network, std::int64_t rows, std::int64_t height, std::int64_t width);

// The network as a function, computing in its own dtype. The network must outlive it.
[[nodiscard]] Unet unet_of(const Network& network);

class Denoiser {
 public:
  Denoiser(Unet unet, PredictionType type) : unet_(std::move(unet)), type_(type) {}

  // The estimates, [1, C, h, w] float32 each, in the order of the evaluations, from one run of the network.
  // All may share a batch (below); sigmas, prompts and cfg scales may differ.
  [[nodiscard]] std::vector<at::Tensor> denoise(std::span<const Evaluation> evaluations) const;

 private:
  Unet unet_;
  PredictionType type_;
};

// Whether two evaluations can be answered by one run of the network: their latents have one shape, what is beside them,
// and their words.
[[nodiscard]] bool may_share_batch(const Evaluation& a, const Evaluation& b);

}  // namespace sfumato

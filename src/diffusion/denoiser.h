// D(x; sigma): the U-Net, what its output means, and guidance around it. The only place where several pictures meet in
// one batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "diffusion/prediction.h"
#include "model/conditioning.h"
#include "model/network.h"

namespace sfumato {

// What leads a picture. D = D(unwanted) + cfg_scale * (D(wanted) - D(unwanted)) (Ho and Salimans 2022, eq. 6, in
// diffusers' scale).
struct Guidance {
  Conditioning wanted;     // of the prompt
  Conditioning unwanted;   // of the negative prompt, of the same length; not looked at when cfg_scale is 1
  double cfg_scale = 1;    // 1: no guidance, half the work
  double cfg_rescale = 0;  // 0 to 1: how far the guided output of the network gets the standard deviation of the wanted
                           // one (Lin et al. 2024, section 3.4)
  at::Tensor size_ids{};   // [1, 6] float32: height and width, top and left of the crop, height and width wanted
                           // (Podell et al. 2024, section 2.2); undefined unless the model has a pooled width
};

// One estimate that a sampler waits for.
struct Evaluation {
  at::Tensor x;         // [1, C, h, w] float32, on the network's device
  double sigma = 0;     // > 0
  double timestep = 0;  // what the network is told
  const Guidance* guidance = nullptr;
};

// The rows of one run of the U-Net, all float32.
struct UnetInput {
  at::Tensor latents;     // [B, C, h, w]
  at::Tensor timesteps;   // [B]
  at::Tensor words;       // [B, L, D]
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

// Whether two evaluations can be answered by one run of the network: their latents have one shape, and their words.
[[nodiscard]] bool may_share_batch(const Evaluation& a, const Evaluation& b);

}  // namespace sfumato

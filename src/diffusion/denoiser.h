// D(x; sigma): the U-Net, what its output means, and guidance around it. The only place where several pictures meet in
// one batch.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <span>
#include <vector>

#include "diffusion/prediction.h"
#include "model/network.h"

namespace sfumato {

// What leads a picture. D = D(unwanted) + cfg_scale * (D(wanted) - D(unwanted)) (Ho and Salimans 2022, eq. 6, in
// diffusers' scale).
struct Guidance {
  at::Tensor wanted;     // conditioning of the prompt, [1, L, D] float32
  at::Tensor unwanted;   // conditioning of the negative prompt; not looked at when cfg_scale is 1
  double cfg_scale = 1;  // 1: no guidance, half the work
};

// One estimate that a sampler waits for.
struct Evaluation {
  at::Tensor x;         // [1, C, h, w] float32, on the network's device
  double sigma = 0;     // > 0
  double timestep = 0;  // what the network is told
  const Guidance* guidance = nullptr;
};

// latents [B, C, h, w], timesteps [B] and conditioning [B, L, D] to prediction [B, C, h, w], all float32.
using Unet =
    std::function<at::Tensor(const at::Tensor& latents, const at::Tensor& timesteps, const at::Tensor& conditioning)>;

// The network as a function, computing in its own dtype. The network must outlive it.
[[nodiscard]] Unet unet_of(const Network& network);

class Denoiser {
 public:
  Denoiser(Unet unet, PredictionType type) : unet_(std::move(unet)), type_(type) {}

  // The estimates, [1, C, h, w] float32 each, in the order of the evaluations, from one run of the network.
  // All x have one shape; sigmas, prompts and cfg scales may differ.
  [[nodiscard]] std::vector<at::Tensor> denoise(std::span<const Evaluation> evaluations) const;

 private:
  Unet unet_;
  PredictionType type_;
};

}  // namespace sfumato

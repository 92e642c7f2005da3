// The part of a picture that is kept while the rest is painted anew.
//
// What the network sees there is the picture with as much noise as everything around it has, and what it answers there
// is the picture: so it paints something that fits, and no sampler need know. Where the mask is 0 or 1 that is what
// diffusers' StableDiffusionInpaintPipeline does after each step, because samplers treat each value for itself (there a
// stage between two levels gets the noise of the lower one, here its own); soft edges are ComfyUI's KSamplerX0Inpaint.
#pragma once

#include <ATen/core/Tensor.h>

namespace sfumato {

struct InpaintBlend {
  at::Tensor latents{};  // [1, C, h, w] float32, unit variance: of the picture; undefined: nothing is kept
  at::Tensor noise{};    // [1, C, h, w] float32, standard normal: the picture's own
  at::Tensor mask{};     // [1, 1, h, w] float32: 0 is kept, 1 painted anew

  // x = latents + sigma * noise as the network is to see it.
  [[nodiscard]] at::Tensor blend_noised(const at::Tensor& x, double sigma) const;
  // A denoised estimate, or the latents at the end.
  [[nodiscard]] at::Tensor blend_clean(const at::Tensor& denoised) const;
};

}  // namespace sfumato

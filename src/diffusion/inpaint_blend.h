// Inpainting with a network that was not trained for it: outside the mask the picture's own latents stay.
//
// There the network sees the picture's latents with as much noise as everything around them, and its estimate is
// replaced by them, so it paints something that fits and samplers are unaffected. Where the mask is 0 or 1 the result
// equals diffusers' StableDiffusionInpaintPipeline, which blends after each step, because samplers treat each value on
// its own (there a stage between two levels gets the noise of the lower level, here its own). Soft edges are blended as
// in ComfyUI's KSamplerX0Inpaint.
#pragma once

#include <ATen/core/Tensor.h>

namespace sfumato {

struct InpaintBlend {
  at::Tensor latents{};  // [1, C, h, w] float32, unit variance: the picture's; undefined: no blending
  at::Tensor noise{};    // [1, C, h, w] float32, standard normal: the picture's initial noise
  at::Tensor mask{};     // [1, 1, h, w] float32: 0 keeps the picture, 1 repaints it

  // The network's input for x at sigma: outside the mask latents + sigma * noise.
  [[nodiscard]] at::Tensor blend_noised(const at::Tensor& x, double sigma) const;
  // A denoised estimate, or the final latents: outside the mask the picture's latents.
  [[nodiscard]] at::Tensor blend_clean(const at::Tensor& denoised) const;
};

}  // namespace sfumato

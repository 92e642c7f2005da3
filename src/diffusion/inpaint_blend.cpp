#include "diffusion/inpaint_blend.h"

#include <ATen/TensorOperators.h>

namespace sfumato {

at::Tensor InpaintBlend::blend_noised(const at::Tensor& x, double sigma) const {
  return latents.defined() ? mask * x + (1 - mask) * (latents + sigma * noise) : x;
}

at::Tensor InpaintBlend::blend_clean(const at::Tensor& denoised) const {
  return latents.defined() ? mask * denoised + (1 - mask) * latents : denoised;
}

}  // namespace sfumato

// Where the denoise loop begins: at noise alone, or at a picture with as much noise as its strength asks for.
//
// The random numbers are those of diffusers' pipelines with torch.Generator("cpu").manual_seed(seed), in their order:
//   text to image (StableDiffusionPipeline): the noise
//   image to image (StableDiffusionImg2ImgPipeline): the picture's latents, the noise
//   inpainting (StableDiffusionInpaintPipeline): the picture's latents, the noise, the latents of the masked picture.
//     A network that takes more channels than the latents have does not look at the picture's latents at strength 1,
//     so they are not drawn then; one that has no more is not shown the masked picture, but its latents are drawn.
// and then what the sampler draws.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "diffusion/inpaint_blend.h"
#include "diffusion/noise.h"
#include "diffusion/sigmas.h"
#include "nn/vae_encoder.h"

namespace sfumato {

// A picture as the networks see it.
struct InitImageLatents {
  Encoded picture;
  at::Tensor mask{};                // [1, 1, h, w] float32: 0 is kept, 1 painted anew; undefined: no mask
  std::optional<Encoded> masked{};  // the picture, grey where it is painted anew; only for networks made for inpainting
};

struct InitialLatents {
  at::Tensor x;          // [1, C, h, w] float32 at the table's first sigma
  InpaintBlend blend{};  // what a network that is not made for inpainting leaves alone
  at::Tensor concat{};   // [1, 1 + C, h, w] float32: the mask, and the latents of the masked picture; or undefined
};

[[nodiscard]] InitialLatents latents_from_noise(const SigmaTable& table, NoiseSource& noise);

// from_noise: nothing was left out of the table (strength 1). Then a picture with a mask begins with noise alone.
[[nodiscard]] InitialLatents latents_from_image(const InitImageLatents& source, const SigmaTable& table,
                                                bool from_noise, NoiseSource& noise);

}  // namespace sfumato

// Where sampling begins: at noise, or at an init image with as much noise as its strength asks for.
//
// The random numbers are those of diffusers' pipelines with torch.Generator("cpu").manual_seed(seed), in their order:
//   text to image (StableDiffusionPipeline): the noise
//   image to image (StableDiffusionImg2ImgPipeline): the image's latents, the noise
//   inpainting (StableDiffusionInpaintPipeline): the image's latents, the noise, the latents of the masked image.
//     A network with more channels than the latents does not use the image's latents at strength 1, so they are not
//     drawn then; one without more channels does not see the masked image, but its latents are drawn.
//   editing (StableDiffusionInstructPix2PixPipeline): the noise
// and then what the sampler draws.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "bundle/model_config.h"
#include "diffusion/inpaint_blend.h"
#include "diffusion/noise.h"
#include "diffusion/sigmas.h"
#include "nn/vae_encoder.h"
#include "pipeline/init_image.h"

namespace sfumato {

// An init image as the U-Net sees it.
struct InitImageLatents {
  Encoded picture{};
  at::Tensor mask{};                // [1, 1, h, w] float32: 0 preserves, 1 paints; undefined: no mask
  std::optional<Encoded> masked{};  // the image, grey where it is painted; only for networks made for inpainting
};

// Encodes the image, and its mask for the model. Mask and latents are on the device. Throws as VaeEncoder::encode().
[[nodiscard]] InitImageLatents encode_image(const InitImage& init, VaeEncoder& encoder, const ModelConfig& model,
                                            at::Device device);

struct InitialLatents {
  at::Tensor x;          // [1, C, h, w] float32 at the table's first sigma
  InpaintBlend blend{};  // for a network that is not made for inpainting
  // For a network that is made for inpainting, [1, 1 + C, h, w] float32: the mask, and the latents of the masked image;
  // for one that edits pictures, [1, C, h, w]: the most likely latents of the picture.
  at::Tensor concat{};
};

[[nodiscard]] InitialLatents latents_from_noise(const SigmaTable& table, NoiseSource& noise);

// For a model that edits the picture (model.instruct_pix2pix).
[[nodiscard]] InitialLatents latents_to_edit(const InitImageLatents& source, const InstructPix2PixConfig& model,
                                             const SigmaTable& table, NoiseSource& noise);

// from_noise: the table has all steps (strength 1). Then an image with a mask begins with noise alone.
[[nodiscard]] InitialLatents latents_from_image(const InitImageLatents& source, const SigmaTable& table,
                                                bool from_noise, NoiseSource& noise);

}  // namespace sfumato

#include "pipeline/initial_latents.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include "nn/tensor_image.h"

namespace sfumato {

InitImageLatents encode_image(const InitImage& init, VaeEncoder& encoder, const ModelConfig& model, at::Device device) {
  const at::Tensor pixels = to_pixels(init.picture);
  InitImageLatents latents{.picture = encoder.encode(pixels)};
  if (init.mask.empty()) return latents;
  at::Tensor mask = to_mask(init.mask, init.picture.width);
  if (model.inpainting) {  // trained with hard edges, as diffusers gives it
    mask = (mask >= 0.5).to(at::kFloat);
    latents.masked = encoder.encode(pixels * (1 - mask));
  }
  latents.mask = latent_mask(mask, model.latents.downscale).to(device);
  return latents;
}

InitialLatents latents_from_noise(const SigmaTable& table, NoiseSource& noise) {
  return {.x = table.initial_scale * noise.draw()};
}

InitialLatents latents_to_edit(const InitImageLatents& source, const InstructPix2PixConfig& model,
                               const SigmaTable& table, NoiseSource& noise) {
  InitialLatents initial = latents_from_noise(table, noise);
  initial.concat = model.scaled ? source.picture.mean : source.picture.unscaled_mean;
  return initial;
}

InitialLatents latents_from_image(const InitImageLatents& source, const SigmaTable& table, bool from_noise,
                                  NoiseSource& noise) {
  const bool has_mask = source.mask.defined();
  const bool for_inpainting = source.masked.has_value();
  const bool starts_from_picture = !(has_mask && from_noise);
  at::Tensor latents;
  if (starts_from_picture || !for_inpainting) latents = source.picture.sample(noise.draw());
  const at::Tensor fresh = noise.draw();
  InitialLatents initial{.x = starts_from_picture ? latents + table.sigmas.front() * fresh
                                                  : table.initial_scale * fresh};
  if (!has_mask) return initial;
  const at::Tensor for_masked = noise.draw();
  if (for_inpainting) {
    initial.concat = at::cat({source.mask, source.masked->sample(for_masked)}, 1);
  } else {
    initial.blend = {.latents = latents, .noise = fresh, .mask = source.mask};
  }
  return initial;
}

}  // namespace sfumato

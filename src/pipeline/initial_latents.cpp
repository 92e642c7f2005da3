#include "pipeline/initial_latents.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

namespace sfumato {

InitialLatents latents_from_noise(const SigmaTable& table, NoiseSource& noise) {
  return {.x = table.initial_scale * noise.draw()};
}

InitialLatents latents_from_image(const InitImageLatents& source, const SigmaTable& table, bool from_noise,
                                  NoiseSource& noise) {
  const bool has_mask = source.mask.defined();
  const bool for_inpainting = source.masked.has_value();
  const bool starts_from_picture = !(has_mask && from_noise);
  at::Tensor latents;
  if (starts_from_picture || !for_inpainting) latents = source.picture.sample(noise.draw());
  const at::Tensor fresh = noise.draw();
  InitialLatents beginning{.x = starts_from_picture ? latents + table.sigmas.front() * fresh
                                                    : table.initial_scale * fresh};
  if (!has_mask) return beginning;
  const at::Tensor for_masked = noise.draw();
  if (for_inpainting) {
    beginning.concat = at::cat({source.mask, source.masked->sample(for_masked)}, 1);
  } else {
    beginning.blend = {.latents = latents, .noise = fresh, .mask = source.mask};
  }
  return beginning;
}

}  // namespace sfumato

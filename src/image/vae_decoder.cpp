#include "image/vae_decoder.h"

#include <ATen/TensorOperators.h>

namespace sfumato {

VaeDecoder::VaeDecoder(const Bundle& bundle, const Runtime& runtime)
    : network_(bundle, bundle.config().vae_decoder, runtime), scaling_factor_(bundle.config().latents.scaling_factor) {}

at::Tensor VaeDecoder::decode(const at::Tensor& latents) const {
  return network_({(latents / scaling_factor_).to(network_.dtype())}).to(at::kFloat);
}

}  // namespace sfumato

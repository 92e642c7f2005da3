// Latents as pixels: the decoder of the variational autoencoder.
#pragma once

#include <ATen/core/Tensor.h>

#include "model/network.h"

namespace sfumato {

class VaeDecoder {
 public:
  VaeDecoder(const Bundle& bundle, const Runtime& runtime);

  // latents: [1, C, h, w] float32, unit variance. Returns pixels [1, 3, h * downscale, w * downscale] float32,
  // nominally in [-1, 1].
  [[nodiscard]] at::Tensor decode(const at::Tensor& latents) const;

  // Throws Error(usage) if decoding a picture of so many pixels takes more than `available` bytes. On a CPU only: there
  // the kernel would end the process without a word; a GPU's allocator reports.
  void check_memory(int width, int height, std::uint64_t available) const;

 private:
  Network network_;
  double scaling_factor_;
};

}  // namespace sfumato

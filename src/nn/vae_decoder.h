// Latents to pixels: the decoder of the variational autoencoder (VAE).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "nn/latent_scaling.h"
#include "nn/network.h"

namespace sfumato {

struct Decoded {
  at::Tensor pixels;   // [1, 3, h * downscale, w * downscale] float32, nominally in [-1, 1]
  std::string note{};  // how it was decoded, if a user should know; mostly empty
};

class VaeDecoder {
 public:
  // The bundle must outlive the decoder.
  VaeDecoder(const Bundle& bundle, const Runtime& runtime, VaeTiling tiling = VaeTiling::automatic);

  // latents: [1, C, h, w] float32, unit variance. available: bytes of memory; with VaeTiling::automatic the decoder
  // runs in tiles if it would take more. If pixels are not finite in bfloat16 or float16, it decodes again in float32.
  [[nodiscard]] Decoded decode(const at::Tensor& latents, std::uint64_t available);

  // Bytes that decoding an image takes in addition to the weights; in tiles if the decoder may choose them.
  [[nodiscard]] double least_memory(int width, int height) const;

 private:
  [[nodiscard]] bool runs_in_tiles(std::int64_t width, std::int64_t height, std::uint64_t available) const;

  const Bundle& bundle_;
  Runtime runtime_;
  VaeTiling tiling_;
  Network network_;
  std::optional<Network> in_float32_;  // loaded when it is first needed
  LatentScaling scaling_;
};

}  // namespace sfumato

// Pixels as latents: the encoder of the variational autoencoder.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "base/lru_cache.h"
#include "nn/network.h"

namespace sfumato {

// What a picture may be as latents of unit variance: normally distributed (Kingma and Welling 2014), each value for
// itself. On the network's device.
struct Encoded {
  at::Tensor mean;       // [1, C, H / downscale, W / downscale] float32
  at::Tensor deviation;  // likewise
  std::string note{};    // what a user should know of how it was made; mostly empty

  // One of them. noise: standard normal, of that shape.
  [[nodiscard]] at::Tensor sample(const at::Tensor& noise) const;
};

// Not for several threads at once: it remembers what it encoded last.
class VaeEncoder {
 public:
  // Loads the network. The bundle must outlive the encoder. Throws Error(bad_bundle).
  VaeEncoder(const Bundle& bundle, const Runtime& runtime);

  // pixels: [1, 3, H, W] float32 in [-1, 1] on the CPU, H and W multiples of the downscale factor. What is not finite
  // in half a float's width is encoded again in float32; Error(internal) if it is not finite then either. The same
  // pixels as lately are not encoded again.
  [[nodiscard]] Encoded encode(const at::Tensor& pixels);

  // Bytes that encoding a picture of so many pixels takes, beside the weights.
  [[nodiscard]] double memory(int width, int height) const;

 private:
  [[nodiscard]] Encoded encode_anew(const at::Tensor& pixels);

  const Bundle& bundle_;
  Runtime runtime_;
  Network network_;
  std::optional<Network> in_float32_;  // loaded when it is first needed
  double scaling_factor_;
  LruCache<std::string, Encoded> lately_;  // by the digest of the pixels, and their shape
};

}  // namespace sfumato

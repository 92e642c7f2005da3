// Pixels to latents: the encoder of the variational autoencoder (VAE).
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "base/lru_cache.h"
#include "nn/latent_scaling.h"
#include "nn/network.h"

namespace sfumato {

// The distribution of an image's latents of unit variance: normal, each value for itself (Kingma and Welling 2014). On
// the network's device.
struct Encoded {
  at::Tensor mean;             // [1, C, H / downscale, W / downscale] float32; the mode too
  at::Tensor deviation;        // likewise
  at::Tensor unscaled_mean{};  // likewise, as the network gives it
  std::string note{};          // how it was encoded, if a user should know; mostly empty

  // A sample of the distribution. noise: standard normal, of that shape.
  [[nodiscard]] at::Tensor sample(const at::Tensor& noise) const;
};

// Not for several threads at once: it caches what it encoded last.
class VaeEncoder {
 public:
  // Loads the network. The bundle must outlive the encoder. Throws Error(bad_bundle).
  VaeEncoder(const Bundle& bundle, const Runtime& runtime);

  // pixels: [1, 3, H, W] float32 in [-1, 1] on the CPU, H and W multiples of the downscale factor. Pixels in the cache
  // are not encoded again. If the result is not finite in bfloat16 or float16, it encodes again in float32;
  // Error(internal) if it is not finite then either.
  [[nodiscard]] Encoded encode(const at::Tensor& pixels);

  // Bytes that encoding an image takes in addition to the weights.
  [[nodiscard]] double memory(int width, int height) const;

 private:
  [[nodiscard]] Encoded compute(const at::Tensor& pixels);

  const Bundle& bundle_;
  Runtime runtime_;
  Network network_;
  std::optional<Network> in_float32_;  // loaded when it is first needed
  LatentScaling scaling_;
  LruCache<std::string, Encoded> cache_;  // by the digest of the pixels, and their shape
};

}  // namespace sfumato

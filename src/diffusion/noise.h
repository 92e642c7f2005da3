// The random numbers of one picture.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// Each picture has its own generator, on the CPU for every device, so that a seed gives the same picture alone, in a
// batch and in diffusers. Draws are those of torch.randn(1, C, h, w) with torch.Generator("cpu").manual_seed(seed), or
// of a GPU's generator (diffusion/philox.h).
class NoiseSource {
 public:
  // shape: [1, C, h, w]
  NoiseSource(std::uint64_t seed, std::vector<std::int64_t> shape, at::Device device, Rng rng = Rng::cpu);

  // The next standard normal numbers, [1, C, h, w] float32, on the device.
  [[nodiscard]] at::Tensor draw();
  // A new source of such numbers.
  [[nodiscard]] NoiseSource with_seed(std::uint64_t seed) const { return {seed, shape_, device_, rng_}; }

 private:
  std::uint64_t seed_;
  Rng rng_;
  std::uint32_t draws_ = 0;
  at::Generator generator_;  // of Rng::cpu
  std::vector<std::int64_t> shape_;
  at::Device device_;
};

}  // namespace sfumato

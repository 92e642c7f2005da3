// The random numbers of one picture.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace sfumato {

// Each picture has its own generator, on the CPU for every device, so that a seed gives the same picture alone, in a
// batch and in diffusers. Draws are those of torch.randn(1, C, h, w) with torch.Generator("cpu").manual_seed(seed).
class NoiseSource {
 public:
  // shape: [1, C, h, w]
  NoiseSource(std::uint64_t seed, std::vector<std::int64_t> shape, at::Device device);

  // The next standard normal numbers, [1, C, h, w] float32, on the device.
  [[nodiscard]] at::Tensor draw();

 private:
  at::Generator generator_;
  std::vector<std::int64_t> shape_;
  at::Device device_;
};

}  // namespace sfumato

// The random numbers of one picture.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace sfumato {

// A generator of the picture's own, on the CPU whatever the device: one seed is one picture, alone or in a batch, here
// or in diffusers. The numbers are those of torch.Generator("cpu").manual_seed(seed), drawn with torch.randn(1, C, h,
// w) one after the other.
class NoiseSource {
 public:
  // shape: [1, C, h, w]
  NoiseSource(std::uint64_t seed, std::vector<std::int64_t> shape, at::Device device);

  // The next [1, C, h, w] float32 standard normal numbers, on the device.
  [[nodiscard]] at::Tensor draw();

 private:
  at::Generator generator_;
  std::vector<std::int64_t> shape_;
  at::Device device_;
};

}  // namespace sfumato

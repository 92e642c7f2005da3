// The normal numbers of torch.randn on a CUDA GPU, on a CPU: Philox 4x32-10 (Salmon et al. 2011) and Box and Muller's
// transform, as AUTOMATIC1111's "NV" random numbers compute them. A GPU computes the transform in float32, so its
// numbers differ in the last bits; and those of a tensor with more numbers than the GPU runs threads at once are in
// another order (about 200,000 on large GPUs; the latents of 1024 x 1024 pixels have 65,536).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sfumato {

// The numbers of the draw-th torch.randn(count) after torch.manual_seed(seed); the first has draw 0.
[[nodiscard]] std::vector<float> philox_normal(std::uint64_t seed, std::uint32_t draw, std::size_t count);

}  // namespace sfumato

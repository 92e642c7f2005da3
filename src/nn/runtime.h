// What the networks run on: device, dtype, threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

struct Runtime {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;  // of the networks; latents and sampler arithmetic are always float32
  int threads = 1;                    // CPU threads that LibTorch uses
  std::string warning{};              // why `auto` does not use the GPU that is there; mostly empty
};

// Chooses device and dtype, loads CUDA for a GPU, and sets LibTorch's thread count for the process.
// preferred: the model's dtype, used without an explicit one if the CPU is fast in it; else a CPU computes in float32,
// a GPU in bfloat16. Throws Error(usage) for unknown names and numbers out of range, Error(device_absent) if an
// explicit device does not exist: there is no silent fall-back.
[[nodiscard]] Runtime start_runtime(const RuntimeOptions& options, std::optional<Dtype> preferred = std::nullopt);

// "float32"
[[nodiscard]] std::string dtype_name(const Runtime& runtime);
// "cpu, float32, 2 threads"
[[nodiscard]] std::string describe(const Runtime& runtime);

}  // namespace sfumato

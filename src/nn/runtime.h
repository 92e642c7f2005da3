// On what the networks run: device, dtype, threads.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

#include "sfumato/options.h"

namespace sfumato {

struct Runtime {
  at::Device device = at::kCPU;
  at::ScalarType dtype = at::kFloat;  // of the networks; latents and sampler arithmetic are float32 always
  int threads = 1;                    // CPU threads that LibTorch uses
  std::string warning{};              // why `auto` did not take the GPU that is there; else empty
};

// Chooses the device and the dtype, loads CUDA if it is wanted, and sets LibTorch's thread count for the process.
// preferred: the model's dtype, taken if the options name none and a CPU computes fast in it; else a CPU computes in
// float32, a GPU in bfloat16. Throws Error(usage) for words it does not know, Error(device_absent) if the asked device
// is not there: there is no silent fall-back.
[[nodiscard]] Runtime start_runtime(const RuntimeOptions& options, std::optional<Dtype> preferred = std::nullopt);

// "float32"
[[nodiscard]] std::string dtype_name(const Runtime& runtime);
// "cpu, float32, 2 threads"
[[nodiscard]] std::string describe(const Runtime& runtime);

}  // namespace sfumato

// What this machine can compute with.
#pragma once

namespace sfumato {

// Whether an NVIDIA GPU's device file exists, also in WSL. Whether its driver and libraries work is not known yet.
[[nodiscard]] bool has_gpu();

// Whether the processor multiplies bfloat16 in vectors (AVX512-BF16), and whether in matrix tiles (AMX).
[[nodiscard]] bool has_avx512_bf16();
[[nodiscard]] bool has_amx_bf16();

}  // namespace sfumato

// Attention in bfloat16, for CPUs that multiply it in vectors (AVX512-BF16) but have no matrix tiles (AMX). There
// LibTorch's own converts to float32 and takes two and a half times as long.
#pragma once

#include <ATen/core/Tensor.h>

#include "nn/runtime.h"

namespace sfumato {

// softmax(q k^T / sqrt(D)) v for q [B, H, L, D], k and v [B, H, S, D], D even, bfloat16, each row of D contiguous.
// -> [B, H, L, D], stored as [B, L, H, D]. Each block of rows is computed by itself: the bytes do not depend on the
// number of threads, nor on what else is in the batch. Only where has_own_attention().
[[nodiscard]] at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

// Whether this processor and this runtime are those that it is made for. Then a graph may call it as the operator
// sfumato::attention(q, k, v), which takes other tensors too and leaves them to LibTorch.
[[nodiscard]] bool has_own_attention(const Runtime& runtime);

}  // namespace sfumato

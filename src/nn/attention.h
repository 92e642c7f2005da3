// Attention in bfloat16 for CPUs with AVX512-BF16 and without matrix tiles (AMX). On these LibTorch's own attention
// converts to float32 and takes two and a half times as long.
#pragma once

#include <ATen/core/Tensor.h>

#include "nn/runtime.h"

namespace sfumato {

// softmax(q k^T / sqrt(D)) v for q [B, H, L, D], k and v [B, H, S, D], D even, bfloat16, each row of D contiguous.
// Returns [B, H, L, D], stored as [B, L, H, D]. Each block of rows is computed by itself: the bytes depend neither on
// the number of threads nor on the rest of the batch. Requires has_own_attention().
[[nodiscard]] at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

// Whether attention() runs on this processor and is of use to this runtime. Then a graph may call it as the operator
// sfumato::attention(q, k, v), which hands tensors of other types and shapes to LibTorch.
[[nodiscard]] bool has_own_attention(const Runtime& runtime);

}  // namespace sfumato

// The blocks in which GGUF files store numbers: few bits a number, and scales that they share (ggml, ggml-common.h and
// ggml-quants.c: dequantize_row_q4_0 and so on).
#pragma once

#include <cstddef>

#include "bundle/stored_dtype.h"

namespace sfumato {

// Widens `numbers` numbers, a multiple of those of a block, by ggml's formulas in float32. Requires is_block(dtype).
// in: as many blocks, without alignment. What a file holds can give infinities and NaN.
void widen_blocks(StoredDtype dtype, const std::byte* in, std::size_t numbers, float* out);

}  // namespace sfumato

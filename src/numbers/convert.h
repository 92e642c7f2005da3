// Conversion between the stored dtypes of weights.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "bundle/safetensors.h"

namespace sfumato {

// Whether weights may have the dtype: F16, BF16, F32, F64, F8_E4M3, F8_E5M2, or blocks.
[[nodiscard]] bool is_real(StoredDtype dtype);

// Every number of an fp8 dtype is one of F16 and of BF16; blocks are widened to F32 first. Converts the numbers of the
// input, whole blocks, rounding to nearest, ties to even. No alignment is needed. output: room for as many numbers of
// `to`, which is F16, BF16 or F32. Returns whether every result is finite.
[[nodiscard]] bool convert(std::span<const std::byte> input, StoredDtype from, std::span<std::byte> output,
                           StoredDtype to);
// The same with each number multiplied by `scale` in float32 first.
[[nodiscard]] bool convert_scaled(std::span<const std::byte> input, StoredDtype from, float scale,
                                  std::span<std::byte> output, StoredDtype to);

// The first number of `values` whose conversion is not finite: its index, and its value before.
struct NotFinite {
  std::size_t index = 0;
  double value = 0;
};
[[nodiscard]] std::optional<NotFinite> first_not_finite(std::span<const std::byte> values, StoredDtype from,
                                                        float scale, StoredDtype to);

}  // namespace sfumato

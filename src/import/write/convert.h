// Numbers of one stored type as numbers of another.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "bundle/safetensors.h"

namespace sfumato {

// The types that weights come in: F16, BF16, F32, F64.
[[nodiscard]] bool is_real(StoredDtype dtype);

// Converts input.size() / size_of(from) numbers, rounding to nearest, ties to even. Neither side need be aligned.
// output: as many numbers of `to`, which is F16, BF16 or F32. Returns whether every number that was written is finite.
[[nodiscard]] bool convert(std::span<const std::byte> input, StoredDtype from, std::span<std::byte> output,
                           StoredDtype to);

// The first number of `values` that is not finite once it is converted: its index and what it was.
struct NotFinite {
  std::size_t index = 0;
  double value = 0;
};
[[nodiscard]] std::optional<NotFinite> first_not_finite(std::span<const std::byte> values, StoredDtype from,
                                                        StoredDtype to);

}  // namespace sfumato

// The numbers of a small tensor, which a checkpoint says something of itself with.
#pragma once

#include <optional>
#include <vector>

#include "bundle/safetensors.h"

namespace sfumato {

inline constexpr std::size_t kMostNumbers = 100'000;

// nullopt if the dtype is not of real numbers, or there are more than kMostNumbers.
[[nodiscard]] std::optional<std::vector<float>> numbers_in(const StoredTensor& tensor);

}  // namespace sfumato

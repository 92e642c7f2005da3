// The numbers of a small tensor, which a checkpoint says something of itself with.
#pragma once

#include <optional>
#include <vector>

#include "bundle/safetensors.h"

namespace sfumato {

inline constexpr std::size_t kMostNumbers = 100'000;

// nullopt if the dtype is not of real numbers, or there are more than `most`.
[[nodiscard]] std::optional<std::vector<float>> numbers_in(const StoredTensor& tensor, std::size_t most = kMostNumbers);

}  // namespace sfumato

// "Did you mean ...?"
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// The candidate with the smallest edit distance to `word`; empty if none is close enough to be a typing error.
// A word of more than kLongestName bytes is none.
inline constexpr std::size_t kLongestName = 100;
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace sfumato

// "Did you mean ...?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// The candidate with the smallest edit distance to `word`, if that is small enough for a typing error; else an empty
// string.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace sfumato

// Untrusted text, escaped for a terminal and for one line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sfumato {

// Escapes everything that could move a cursor or change the direction of writing: C0, DEL and C1 as \x1b, bidirectional
// marks and controls (U+061C, 200E, 200F, 202A to 202E, 2066 to 2069) as \u202e, line ends as \n, invalid bytes as
// \xff. The result has at most `limit` bytes, and then "..." if it was cut.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace sfumato

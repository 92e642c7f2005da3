// Text from outside, made fit for a terminal and for one line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

// Offset of the first byte that is not part of valid UTF-8 (RFC 3629: no overlong forms, no surrogates, at most
// U+10FFFF).
[[nodiscard]] std::optional<std::size_t> invalid_utf8_at(std::string_view text);

// `text` with everything escaped that could move a cursor or turn the direction of writing: C0, DEL and C1 as \x1b,
// bidirectional controls as \u202e, line ends as \n, invalid bytes as \xff. At most `limit` bytes; what is longer ends
// in "...".
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);

}  // namespace sfumato

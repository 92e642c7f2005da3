// UTF-8: decoding, encoding, validation (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // its length in the text
  bool valid = true;      // false: the bytes are not UTF-8, and value is U+FFFD
};

// The code point at the start of `text`, which is not empty. Invalid UTF-8 is one U+FFFD for each maximal part of a
// sequence, as Python's errors="replace" decodes it (Unicode 15, section 3.9, table 3-8).
[[nodiscard]] CodePoint next_code_point(std::string_view text);

// code: not a surrogate, at most U+10FFFF.
void append_utf8(std::string& text, char32_t code);

// Offset of the first byte that is not part of valid UTF-8; nullopt if all are.
[[nodiscard]] std::optional<std::size_t> invalid_utf8_at(std::string_view text);

}  // namespace sfumato

// Unicode for the CLIP tokenizer: exactly what the tokenizers library, which transformers runs it on, takes for a
// letter, a number, white space, lower case and NFC. The tables are measured on it
// (scripts/golden/make_unicode_tables.py).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sfumato {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // that it takes in the text
};

// The code point at the start of `text`, which is not empty. Broken UTF-8 is U+FFFD, one for each longest part of a
// sequence that could have become one, as Python's errors="replace" has it (Unicode 15, section 3.9, table 3-8).
[[nodiscard]] CodePoint next_code_point(std::string_view text);
void append_utf8(std::string& text, char32_t code);

[[nodiscard]] bool is_letter(char32_t code);  // \p{L}
[[nodiscard]] bool is_number(char32_t code);  // \p{N}
[[nodiscard]] bool is_space(char32_t code);   // \s

// Lower case of each code point for itself: a final sigma is like any other, and U+0130 becomes two.
[[nodiscard]] std::u32string lower_case(std::u32string_view text);
// Normalization form C: characters that have a form of their own for letter and marks together take it.
[[nodiscard]] std::u32string nfc(std::u32string_view text);

}  // namespace sfumato

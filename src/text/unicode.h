// Unicode properties for the CLIP tokenizer: letters, numbers, white space, lower case and NFC exactly as in the
// tokenizers library, which transformers uses. The tables are generated with it
// (scripts/golden/make_unicode_tables.py).
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

[[nodiscard]] bool is_letter(char32_t code);  // \p{L}
[[nodiscard]] bool is_number(char32_t code);  // \p{N}
[[nodiscard]] bool is_space(char32_t code);   // \s

// Lower case of each code point on its own: final sigma is not special, and U+0130 becomes two code points.
[[nodiscard]] std::u32string lower_case(std::u32string_view text);
// Normalization form C: letters and combining marks are composed.
[[nodiscard]] std::u32string nfc(std::u32string_view text);

}  // namespace sfumato

#include "base/utf8.h"

namespace sfumato {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

}  // namespace

CodePoint next_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {.value = lead, .bytes = 1};
  if (lead < 0xC2 || lead > 0xF4) return {.value = kReplacement, .bytes = 1, .valid = false};
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    // The second byte also rules out overlong forms, surrogates and what is beyond U+10FFFF.
    const unsigned char lowest = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char highest = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (i == text.size() || byte(i) < lowest || byte(i) > highest)
      return {.value = kReplacement, .bytes = i, .valid = false};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  return {.value = code, .bytes = length};
}

void append_utf8(std::string& text, char32_t code) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80u | (code >> shift & 0x3Fu)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0u | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0u | code >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0u | code >> 18);
    tail(12), tail(6), tail(0);
  }
}

std::optional<std::size_t> invalid_utf8_at(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint next = next_code_point(text.substr(i));
    if (!next.valid) return i;
    i += next.bytes;
  }
  return std::nullopt;
}

}  // namespace sfumato

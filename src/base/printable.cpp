#include "base/printable.h"

#include <cstdint>
#include <cstdio>

namespace sfumato {
namespace {

// Length of the valid UTF-8 sequence at the start of `text`, 0 if there is none; its code point goes to `code`.
std::size_t sequence_length(std::string_view text, std::uint32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  std::size_t length = 1;
  std::uint32_t lowest = 0;
  code = lead;
  if (lead >= 0x80) {
    if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4, lowest = 0x10000, code = lead & 0x07u;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      length = 3, lowest = 0x800, code = lead & 0x0Fu;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      length = 2, lowest = 0x80, code = lead & 0x1Fu;
    } else {
      return 0;
    }
  }
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < lowest || code > 0x10FFFF || surrogate ? 0 : length;
}

bool is_control(std::uint32_t code) {
  const bool c0_or_c1 = code < 0x20 || (code >= 0x7F && code <= 0x9F);
  const bool bidirectional = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return c0_or_c1 || bidirectional || code == 0x2028 || code == 0x2029;
}

std::string escaped(std::uint32_t code) {
  if (code == '\n') return "\\n";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, code > 0xFF ? "\\u%04x" : "\\x%02x", code);
  return buffer;
}

}  // namespace

std::optional<std::size_t> invalid_utf8_at(std::string_view text) {
  std::uint32_t code = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text.substr(i), code);
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::uint32_t code = 0;
    const std::size_t length = sequence_length(text.substr(i), code);
    std::string piece;
    if (length == 0) {
      piece = escaped(static_cast<unsigned char>(text[i]));
    } else {
      piece = is_control(code) ? escaped(code) : std::string(text.substr(i, length));
    }
    if (result.size() + piece.size() > limit) return result + "...";
    result += piece;
    i += length == 0 ? 1 : length;
  }
  return result;
}

}  // namespace sfumato

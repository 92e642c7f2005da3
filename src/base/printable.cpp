#include "base/printable.h"

#include <cstdio>

#include "base/utf8.h"

namespace sfumato {
namespace {

bool is_control(char32_t code) {
  const bool c0_or_c1 = code < 0x20 || (code >= 0x7F && code <= 0x9F);
  const bool bidirectional = code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                             (code >= 0x2066 && code <= 0x2069);
  return c0_or_c1 || bidirectional || code == 0x2028 || code == 0x2029;
}

std::string escaped(char32_t code) {
  if (code == '\n') return "\\n";
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, code > 0xFF ? "\\u%04x" : "\\x%02x", static_cast<unsigned>(code));
  return buffer;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  while (!text.empty()) {
    const CodePoint next = next_code_point(text);
    const std::size_t bytes = next.valid ? next.bytes : 1;  // each invalid byte is escaped by itself
    std::string piece(text.substr(0, bytes));
    if (!next.valid) {
      piece = escaped(static_cast<unsigned char>(text.front()));
    } else if (is_control(next.value)) {
      piece = escaped(next.value);
    }
    if (result.size() + piece.size() > limit) return result + "...";
    result += piece;
    text.remove_prefix(bytes);
  }
  return result;
}

}  // namespace sfumato

#include "base/shell.h"

#include <limits>
#include <string_view>

#include "base/printable.h"

namespace sfumato {
namespace {

constexpr std::string_view kHarmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%^";

// $'...', for words with unprintable characters.
std::string escaped(std::string_view word) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      result += std::string("\\") + c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += std::string("\\x") + digits[byte >> 4] + digits[byte & 15];
    }
  }
  return result + "'";
}

std::string quoted(std::string_view word) {
  if (!word.empty() && word.find_first_not_of(kHarmless) == std::string_view::npos) return std::string(word);
  if (printable(word, std::numeric_limits<std::size_t>::max()) != word) return escaped(word);
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

std::string shell_command(std::span<const std::string> words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

}  // namespace sfumato

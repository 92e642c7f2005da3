#include "base/colour.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <utility>

namespace sfumato {
namespace {

// CSS Color Module Level 4, section 6.1.
constexpr std::array kNames = std::to_array<std::pair<std::string_view, std::uint32_t>>({
    {"white", 0xffffff}, {"black", 0x000000},   {"gray", 0x808080},    {"grey", 0x808080},   {"silver", 0xc0c0c0},
    {"red", 0xff0000},   {"maroon", 0x800000},  {"yellow", 0xffff00},  {"olive", 0x808000},  {"lime", 0x00ff00},
    {"green", 0x008000}, {"aqua", 0x00ffff},    {"cyan", 0x00ffff},    {"teal", 0x008080},   {"blue", 0x0000ff},
    {"navy", 0x000080},  {"fuchsia", 0xff00ff}, {"magenta", 0xff00ff}, {"purple", 0x800080}, {"orange", 0xffa500},
    {"brown", 0xa52a2a}, {"pink", 0xffc0cb},
});

}  // namespace

std::optional<std::uint32_t> parse_colour(std::string_view text) {
  std::string word(text);
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& [name, colour] : kNames) {
    if (name == word) return colour;
  }
  if (word.starts_with('#')) word.erase(0, 1);
  if (word.size() == 3) word = {word[0], word[0], word[1], word[1], word[2], word[2]};
  std::uint32_t colour = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), colour, 16);
  if (word.size() != 6 || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return colour;
}

std::string colour_text(std::uint32_t colour) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "#%06x", static_cast<unsigned>(colour & 0xffffff));
  return buffer;
}

}  // namespace sfumato

#include "image/text_renderer.h"

#include <cmath>
#include <cstdint>

#include "base/utf8.h"
#include "image/fonts.h"
#include "sfumato/error.h"

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wcast-qual"
#include <stb_truetype.h>
#pragma GCC diagnostic pop

namespace sfumato {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

// Removes the first character from valid UTF-8 and returns its code point.
int take_character(std::string_view& text) {
  const CodePoint next = next_code_point(text);
  text.remove_prefix(next.bytes);
  return static_cast<int>(next.value);
}

// Characters without a glyph: joiners, direction marks, variation selectors.
bool is_invisible(int code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF ||
         (code >= 0xE0000 && code <= 0xE01EF);
}

}  // namespace

struct TextRenderer::Font {
  stbtt_fontinfo info{};
  float scale = 1;  // pixels per font unit
  int ascent = 0;   // pixels above the baseline
  int line_height = 0;

  // The advance of `code` before `next` (0 at the end), in pixels, with kerning.
  [[nodiscard]] double advance(int code, int next) const {
    int width = 0, bearing = 0;
    stbtt_GetCodepointHMetrics(&info, code, &width, &bearing);
    const int kerning = next == 0 ? 0 : stbtt_GetCodepointKernAdvance(&info, code, next);
    return scale * static_cast<double>(width + kerning);
  }

  // Calls visit(code, x) for every character, x from 0; returns the x after the last.
  template <typename Visit>
  double walk(std::string_view text, const Visit& visit) const {
    double x = 0;
    int code = 0;
    while (code != 0 || !text.empty()) {
      int next = 0;
      while (!text.empty() && (next == 0 || is_invisible(next))) next = take_character(text);
      if (is_invisible(next)) next = 0;
      if (code != 0) {
        visit(code, x);
        x += advance(code, next);
      }
      code = next;
    }
    return x;
  }
};

TextRenderer::TextRenderer(int size, Weight weight) : font_(std::make_unique<Font>()) {
  const std::span<const unsigned char> file = weight == Weight::bold ? bold_font() : regular_font();
  if (stbtt_InitFont(&font_->info, file.data(), 0) == 0) {
    throw Error(ErrorKind::internal, "the program's own font cannot be read.");
  }
  font_->scale = stbtt_ScaleForMappingEmToPixels(&font_->info, static_cast<float>(size));
  int ascent = 0, descent = 0, gap = 0;
  stbtt_GetFontVMetrics(&font_->info, &ascent, &descent, &gap);
  font_->ascent = static_cast<int>(std::lround(font_->scale * static_cast<float>(ascent)));
  font_->line_height = static_cast<int>(std::lround(font_->scale * static_cast<float>(ascent - descent + gap) * 1.1F));
}

TextRenderer::~TextRenderer() = default;
TextRenderer::TextRenderer(TextRenderer&&) noexcept = default;

int TextRenderer::width(std::string_view text) const {
  return static_cast<int>(std::ceil(font_->walk(text, [](int, double) {})));
}

int TextRenderer::line_height() const { return font_->line_height; }

std::vector<std::string> TextRenderer::wrap_lines(std::string_view text, int width, std::size_t lines) const {
  std::vector<std::string> result;
  while (!text.empty() && result.size() < lines) {
    // As many characters as fit, then back to the last space.
    std::string_view rest = text;
    std::size_t fits = 0, space = 0;
    while (!rest.empty()) {
      const bool at_space = rest.front() == ' ';
      if (at_space) space = static_cast<std::size_t>(rest.data() - text.data());
      (void)take_character(rest);
      const auto length = static_cast<std::size_t>(rest.data() - text.data());
      if (!at_space && this->width(text.substr(0, length)) > width && fits > 0) break;
      fits = length;
    }
    if (fits < text.size() && space > 0) fits = space;
    result.emplace_back(text.substr(0, fits));
    while (!result.back().empty() && result.back().back() == ' ') result.back().pop_back();
    text.remove_prefix(fits);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  if (!text.empty() && !result.empty()) {
    std::string& last = result.back();
    while (!last.empty() && this->width(last + std::string(kEllipsis)) > width) {
      while ((static_cast<unsigned char>(last.back()) & 0xC0) == 0x80) last.pop_back();
      last.pop_back();
    }
    last += kEllipsis;
  }
  return result;
}

void TextRenderer::draw(Image& image, int x, int y, std::string_view text, Colour colour) const {
  const Font& font = *font_;
  std::vector<std::uint8_t> bitmap;
  font.walk(text, [&](int code, double pen) {
    const double left = std::floor(pen);
    const auto shift = static_cast<float>(pen - left);
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    stbtt_GetCodepointBitmapBoxSubpixel(&font.info, code, font.scale, font.scale, shift, 0, &x0, &y0, &x1, &y1);
    const int width = x1 - x0, height = y1 - y0;
    if (width <= 0 || height <= 0) return;
    bitmap.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
    stbtt_MakeCodepointBitmapSubpixel(&font.info, bitmap.data(), width, height, width, font.scale, font.scale, shift, 0,
                                      code);
    for (int row = 0; row < height; ++row) {
      for (int column = 0; column < width; ++column) {
        blend(image, x + static_cast<int>(left) + x0 + column, y + font.ascent + y0 + row, colour,
              bitmap[static_cast<std::size_t>(row * width + column)]);
      }
    }
  });
}

}  // namespace sfumato

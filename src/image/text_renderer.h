// Drawing text on images. Only text_renderer.cpp includes stb_truetype.
//
// There is no shaping: characters follow each other in the order of the text, so Arabic is not joined and right-to-left
// text is not reversed. Characters that the font lacks are drawn as a box.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "image/canvas.h"

namespace sfumato {

class TextRenderer {
 public:
  enum class Weight { regular, bold };

  // size: height of the em square, in pixels.
  explicit TextRenderer(int size, Weight weight = Weight::regular);
  ~TextRenderer();
  TextRenderer(TextRenderer&&) noexcept;

  // All texts must be valid UTF-8 in one line, such as printable() returns.
  [[nodiscard]] int width(std::string_view text) const;  // pixels
  [[nodiscard]] int line_height() const;                 // distance between baselines

  // The text in at most `lines` lines of at most `width` pixels, broken between words, or within a word that is too
  // long. The last line ends in an ellipsis if the text was cut.
  [[nodiscard]] std::vector<std::string> wrap_lines(std::string_view text, int width, std::size_t lines) const;

  // (x, y): upper left corner of the line.
  void draw(Image& image, int x, int y, std::string_view text, Colour colour) const;

 private:
  struct Font;
  std::unique_ptr<Font> font_;
};

}  // namespace sfumato

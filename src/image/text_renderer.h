// Text on pictures. lettering.cpp is the only file that knows stb_truetype.
//
// Characters stand side by side in the order of the text: there is no shaping, so Arabic is not joined and
// right-to-left text is not turned. What the font does not have is a box.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "image/canvas.h"

namespace sfumato {

class Lettering {
 public:
  enum class Weight { regular, bold };

  // size: height of the em square, in pixels.
  explicit Lettering(int size, Weight weight = Weight::regular);
  ~Lettering();
  Lettering(Lettering&&) noexcept;

  // All texts are valid UTF-8 in one line, as printable() gives it.
  [[nodiscard]] int width(std::string_view text) const;  // pixels
  [[nodiscard]] int line_height() const;                 // from one line to the next

  // The text in lines of at most that width, broken between words, or within one that is too long. More lines than that
  // there are not: the last ends in an ellipsis if something was cut.
  [[nodiscard]] std::vector<std::string> wrap_lines(std::string_view text, int width, std::size_t lines) const;

  // y: of the upper end of the line.
  void draw(Image& image, int x, int y, std::string_view text, Colour colour) const;

 private:
  struct Font;
  std::unique_ptr<Font> font_;
};

}  // namespace sfumato

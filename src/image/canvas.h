// Drawing on a picture: plain areas, frames, and other pictures.
#pragma once

#include <cstdint>

#include "sfumato/image.h"

namespace sfumato {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
};

struct Rectangle {
  int x = 0, y = 0;  // of the upper left corner
  int width = 0, height = 0;
};

[[nodiscard]] Image blank(int width, int height, Colour colour);

// What lies outside the picture is left out.
void fill(Image& image, const Rectangle& area, Colour colour);
// The outermost pixels of the area.
void frame(Image& image, const Rectangle& area, Colour colour);
void paste(Image& image, const Image& what, int x, int y);
// Lets the colour shine through: coverage 255 replaces the pixel, 0 leaves it.
void blend(Image& image, int x, int y, Colour colour, std::uint8_t coverage);

}  // namespace sfumato

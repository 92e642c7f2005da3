// Drawing on an image: filled areas, frames and other images.
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

// Parts outside the image are not drawn.
void fill(Image& image, const Rectangle& area, Colour colour);
// The outermost pixels of the area.
void frame(Image& image, const Rectangle& area, Colour colour);
void paste(Image& image, const Image& source, int x, int y);
// Mixes the colour into a pixel: coverage 255 replaces the pixel, 0 leaves it.
void blend(Image& image, int x, int y, Colour colour, std::uint8_t coverage);

}  // namespace sfumato

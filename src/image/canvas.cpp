#include "image/canvas.h"

#include <algorithm>

namespace sfumato {
namespace {

std::size_t offset(const Image& image, int x, int y) {
  return 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x));
}

void set(Image& image, std::size_t at, Colour colour) {
  image.rgb[at] = colour.red;
  image.rgb[at + 1] = colour.green;
  image.rgb[at + 2] = colour.blue;
}

std::uint8_t mixed(std::uint8_t below, std::uint8_t above, int coverage) {
  return static_cast<std::uint8_t>((below * (255 - coverage) + above * coverage + 127) / 255);
}

}  // namespace

Image blank(int width, int height, Colour colour) {
  Image image{.width = width, .height = height, .rgb = {}};
  image.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  fill(image, {.x = 0, .y = 0, .width = width, .height = height}, colour);
  return image;
}

void fill(Image& image, const Rectangle& area, Colour colour) {
  const int left = std::max(area.x, 0), right = std::min(area.x + area.width, image.width);
  const int top = std::max(area.y, 0), bottom = std::min(area.y + area.height, image.height);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) set(image, offset(image, x, y), colour);
  }
}

void frame(Image& image, const Rectangle& area, Colour colour) {
  fill(image, {.x = area.x, .y = area.y, .width = area.width, .height = 1}, colour);
  fill(image, {.x = area.x, .y = area.y + area.height - 1, .width = area.width, .height = 1}, colour);
  fill(image, {.x = area.x, .y = area.y, .width = 1, .height = area.height}, colour);
  fill(image, {.x = area.x + area.width - 1, .y = area.y, .width = 1, .height = area.height}, colour);
}

void paste(Image& image, const Image& source, int x, int y) {
  const int left = std::max(0, -x), right = std::min(source.width, image.width - x);
  if (left >= right) return;
  for (int row = std::max(0, -y); row < std::min(source.height, image.height - y); ++row) {
    const auto from = source.rgb.begin() + static_cast<std::ptrdiff_t>(offset(source, left, row));
    std::copy_n(from, 3 * (right - left),
                image.rgb.begin() + static_cast<std::ptrdiff_t>(offset(image, x + left, y + row)));
  }
}

void blend(Image& image, int x, int y, Colour colour, std::uint8_t coverage) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  const std::size_t at = offset(image, x, y);
  set(image, at,
      {.red = mixed(image.rgb[at], colour.red, coverage),
       .green = mixed(image.rgb[at + 1], colour.green, coverage),
       .blue = mixed(image.rgb[at + 2], colour.blue, coverage)});
}

}  // namespace sfumato

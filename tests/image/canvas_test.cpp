#include "image/canvas.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

constexpr Colour kWhite = {255, 255, 255};
constexpr Colour kRed = {200, 0, 0};

// A letter for each pixel: w white, r red, ? something else.
std::string letters(const Image& image) {
  std::string result;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    const Colour c{image.rgb[i], image.rgb[i + 1], image.rgb[i + 2]};
    result += c.red == 255 && c.green == 255 ? 'w' : c.red == 200 && c.green == 0 ? 'r' : '?';
    if ((i / 3 + 1) % static_cast<std::size_t>(image.width) == 0) result += '/';
  }
  return result;
}

TEST(Canvas, FillsAnArea) {
  Image image = blank(4, 3, kWhite);
  fill(image, {.x = 1, .y = 1, .width = 2, .height = 1}, kRed);
  EXPECT_EQ(letters(image), "wwww/wrrw/wwww/");
}

TEST(Canvas, FramesAnArea) {
  Image image = blank(4, 4, kWhite);
  frame(image, {.x = 0, .y = 0, .width = 4, .height = 3}, kRed);
  EXPECT_EQ(letters(image), "rrrr/rwwr/rrrr/wwww/");
}

TEST(Canvas, PastesAPicture) {
  Image image = blank(4, 3, kWhite);
  paste(image, blank(2, 2, kRed), 1, 0);
  EXPECT_EQ(letters(image), "wrrw/wrrw/wwww/");
}

TEST(Canvas, LeavesOutWhatLiesOutside) {
  Image image = blank(3, 3, kWhite);
  fill(image, {.x = -5, .y = -5, .width = 6, .height = 6}, kRed);
  paste(image, blank(9, 9, kRed), 2, 2);
  paste(image, blank(2, 2, kRed), -1, 2);
  paste(image, blank(2, 2, kRed), 5, 5);
  paste(image, blank(2, 2, kRed), -7, -7);
  blend(image, 3, 0, kRed, 255);
  blend(image, 0, -1, kRed, 255);
  EXPECT_EQ(letters(image), "rww/www/rwr/");
}

TEST(Canvas, MixesByCoverage) {
  Image image = blank(3, 1, {100, 100, 100});
  blend(image, 0, 0, {200, 0, 100}, 255);
  blend(image, 1, 0, {200, 0, 100}, 0);
  blend(image, 2, 0, {200, 0, 100}, 51);
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{200, 0, 100, 100, 100, 100, 120, 80, 100}));
}

}  // namespace
}  // namespace sfumato

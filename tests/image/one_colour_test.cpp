#include "image/one_colour.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

Image filled(int side, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  Image image{.width = side, .height = side, .rgb = {}};
  for (int i = 0; i < side * side; ++i) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

TEST(OneColour, NamesBlackGreyWhiteAndAnyOther) {
  EXPECT_EQ(one_colour(filled(64, 0, 0, 0)), 0x000000U);
  EXPECT_EQ(one_colour(filled(64, 128, 128, 128)), 0x808080U);
  EXPECT_EQ(one_colour(filled(64, 255, 255, 255)), 0xffffffU);
  EXPECT_EQ(one_colour(filled(8, 255, 136, 0)), 0xff8800U);
  EXPECT_EQ(one_colour(filled(1, 1, 2, 3)), 0x010203U);
}

TEST(OneColour, ToleratesRoundingAndNothingMore) {
  Image image = filled(8, 127, 127, 127);
  image.rgb[100] = 128;
  image.rgb[191] = 126;
  EXPECT_EQ(one_colour(image), 0x7f7f7fU);
  image.rgb[191] = 125;
  EXPECT_EQ(one_colour(image), std::nullopt);
}

TEST(OneColour, SeesOnePixelOfAnotherColourAndOneChannel) {
  for (const std::size_t value : {std::size_t{0}, std::size_t{64 * 64 * 3 - 1}, std::size_t{6000}}) {
    Image image = filled(64, 255, 255, 255);
    image.rgb[value] = 250;
    EXPECT_EQ(one_colour(image), std::nullopt) << value;
  }
}

TEST(OneColour, ComparesEachChannelWithItself) {
  EXPECT_EQ(one_colour({.width = 2, .height = 1, .rgb = {10, 20, 30, 10, 20, 30}}), 0x0a141eU);
  EXPECT_EQ(one_colour({.width = 2, .height = 1, .rgb = {10, 20, 30, 20, 10, 30}}), std::nullopt);
}

}  // namespace
}  // namespace sfumato

#include "image/resize.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Resize, KeepsPlainColours) {
  Image plain{.width = 7, .height = 5, .rgb = {}};
  for (int i = 0; i < 35; ++i) plain.rgb.insert(plain.rgb.end(), {10, 200, 90});
  for (const auto& [width, height] : {std::pair(3, 2), std::pair(20, 11), std::pair(7, 5)}) {
    const Image image = resized(plain, width, height);
    EXPECT_EQ(image.width, width);
    EXPECT_EQ(image.height, height);
    ASSERT_EQ(image.rgb.size(), static_cast<std::size_t>(width * height * 3));
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
      EXPECT_EQ(image.rgb[i], 10);
      EXPECT_EQ(image.rgb[i + 1], 200);
      EXPECT_EQ(image.rgb[i + 2], 90);
    }
  }
}

TEST(Resize, MixesInLinearLight) {
  // Half black and half white reflects half the light, which sRGB writes as 188.
  Image stripes{.width = 64, .height = 64, .rgb = {}};
  for (int i = 0; i < 64 * 64; ++i) {
    const auto value = static_cast<std::uint8_t>(i % 2 == 0 ? 0 : 255);
    stripes.rgb.insert(stripes.rgb.end(), {value, value, value});
  }
  const Image image = resized(stripes, 8, 8);
  EXPECT_NEAR(image.rgb[3 * (8 * 4 + 4)], 188, 2);
}

TEST(Resize, KeepsLeftAndUp) {
  Image image{.width = 4, .height = 4, .rgb = std::vector<std::uint8_t>(48, 0)};
  for (int i = 0; i < 12; ++i) image.rgb[static_cast<std::size_t>(i)] = 255;  // the first row
  for (std::size_t row = 0; row < 4; ++row) image.rgb[row * 12 + 1] = 255;    // green in the first column
  const Image half = resized(image, 2, 2);
  EXPECT_GT(half.rgb[0], half.rgb[6]);   // red of the upper and the lower row
  EXPECT_GT(half.rgb[7], half.rgb[10]);  // green of the left and the right column, below
}

}  // namespace
}  // namespace sfumato

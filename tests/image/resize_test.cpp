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

TEST(ResizeMask, KeepsPlainAreasAndStaysBetween0And1) {
  std::vector<float> mask(16 * 16, 0);
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = i % 16 < 8 ? 1 : 0;
  for (const ImageSize size : {ImageSize{5, 7}, ImageSize{16, 16}, ImageSize{50, 40}}) {
    const std::vector<float> result = resized(mask, {16, 16}, size);
    ASSERT_EQ(result.size(), static_cast<std::size_t>(size.width * size.height));
    for (std::size_t i = 0; i < result.size(); ++i) {
      const double column = (static_cast<double>(i % static_cast<std::size_t>(size.width)) + 0.5) / size.width;
      EXPECT_GE(result[i], 0);
      EXPECT_LE(result[i], 1);
      if (column < 0.2 || column > 0.8) {
        EXPECT_EQ(result[i], column < 0.5 ? 1 : 0);
      }
    }
  }
}

}  // namespace
}  // namespace sfumato

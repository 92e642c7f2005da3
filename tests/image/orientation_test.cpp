#include "image/orientation.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

// 3 x 2 pixels, 1 2 3 above 4 5 6; red is the pixel's number, and so is its value.
DecodedImage numbered() {
  DecodedImage image{.width = 3, .height = 2, .rgba = {}, .values = {1, 2, 3, 4, 5, 6}, .remarks = {}};
  for (const std::uint8_t value : image.values) image.rgba.insert(image.rgba.end(), {value, 10, 20, 255});
  return image;
}

TEST(Orientation, IsWhatEachNumberOfExifSays) {
  using Values = std::vector<std::uint8_t>;
  const Values expected[] = {
      {1, 2, 3, 4, 5, 6},  // as it is stored
      {3, 2, 1, 6, 5, 4},  // mirrored, left to right
      {6, 5, 4, 3, 2, 1},  // upside down
      {4, 5, 6, 1, 2, 3},  // mirrored, top to bottom
      {1, 4, 2, 5, 3, 6},  // rows become columns
      {4, 1, 5, 2, 6, 3},  // a quarter to the right
      {6, 3, 5, 2, 4, 1},  // rows become columns, from the other corner
      {3, 6, 2, 5, 1, 4},  // a quarter to the left
  };
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const DecodedImage seen = turned(numbered(), orientation);
    EXPECT_EQ(seen.values, expected[orientation - 1]) << orientation;
    EXPECT_EQ(seen.size(), turned_size({.width = 3, .height = 2}, orientation));
    EXPECT_EQ(seen.width, orientation < 5 ? 3 : 2) << orientation;
    ASSERT_EQ(seen.rgba.size(), 24U);
    for (std::size_t i = 0; i < 6; ++i) {
      EXPECT_EQ(seen.rgba[4 * i], seen.values[i]) << orientation;
      EXPECT_EQ(seen.rgba[4 * i + 1], 10) << orientation;
      EXPECT_EQ(seen.rgba[4 * i + 3], 255) << orientation;
    }
  }
}

TEST(Orientation, IsToldOnlyIfItTurns) {
  EXPECT_TRUE(turned(numbered(), 1).remarks.empty());
  EXPECT_EQ(turned(numbered(), 6).remarks, std::vector<std::string>{"turned as its EXIF data say"});
}

}  // namespace
}  // namespace sfumato

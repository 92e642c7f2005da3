#include "image/mask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace sfumato {
namespace {

std::string text(const Rectangle& area) {
  return std::to_string(area.width) + "x" + std::to_string(area.height) + "+" + std::to_string(area.x) + "+" +
         std::to_string(area.y);
}

TEST(Mask, IsTheLumaOfAPicture) {
  const DecodedImage image{.width = 3,
                           .height = 2,
                           .rgba = {255, 255, 255, 255, 0, 0,   0, 255, 128, 128, 128, 255,  //
                                    255, 0,   0,   255, 0, 255, 0, 255, 255, 255, 255, 51},
                           .values = {},
                           .remarks = {}};
  const std::vector<float> mask = mask_of(image);
  ASSERT_EQ(mask.size(), 6U);
  EXPECT_EQ(mask[0], 1);
  EXPECT_EQ(mask[1], 0);
  EXPECT_FLOAT_EQ(mask[2], 128 / 255.0F);
  EXPECT_FLOAT_EQ(mask[3], 76 / 255.0F);
  EXPECT_FLOAT_EQ(mask[4], 150 / 255.0F);
  EXPECT_FLOAT_EQ(mask[5], 0.2F);  // what shines through is black
}

TEST(Mask, IsInverted) {
  std::vector<float> mask = {0, 1, 0.25F};
  invert(mask);
  EXPECT_EQ(mask, (std::vector<float>{1, 0, 0.75F}));
}

TEST(Mask, IsBlurredByAGaussian) {
  std::vector<float> point(41 * 41, 0);
  point[20 * 41 + 20] = 1;
  const std::vector<float> soft = blurred(point, {41, 41}, 2);
  EXPECT_NEAR(std::accumulate(soft.begin(), soft.end(), 0.0), 1, 1e-5);
  EXPECT_NEAR(soft[20 * 41 + 22] / soft[20 * 41 + 20], std::exp(-0.5), 1e-5);  // one deviation away
  EXPECT_NEAR(soft[24 * 41 + 20] / soft[20 * 41 + 20], std::exp(-2), 1e-5);    // two
  EXPECT_GT(soft[20 * 41 + 26], 0);
  EXPECT_EQ(soft[20 * 41 + 27], 0);  // more than three
}

TEST(Mask, StaysPlainWhereItIsPlainWhenBlurred) {
  for (const float value : {0.0F, 1.0F}) {
    for (const float soft : blurred(std::vector<float>(15, value), {5, 3}, 100)) EXPECT_NEAR(soft, value, 1e-6);
  }
  const std::vector<float> mask = {0, 1, 0.5F, 1};
  EXPECT_EQ(blurred(mask, {2, 2}, 0), mask);
}

TEST(Mask, HasAnAreaAroundWhatIsPainted) {
  std::vector<float> mask(6 * 5, 0);
  EXPECT_FALSE(painted_area(mask, {6, 5}).has_value());
  mask[1 * 6 + 4] = 1;
  EXPECT_EQ(text(painted_area(mask, {6, 5}).value()), "1x1+4+1");
  mask[3 * 6 + 2] = 0.01F;
  EXPECT_EQ(text(painted_area(mask, {6, 5}).value()), "3x3+2+1");
}

TEST(Mask, HasAnAreaInTheProportionsOfTheResult) {
  const ImageSize image{640, 480};
  EXPECT_EQ(text(widened({300, 200, 40, 40}, 32, {512, 512}, image)), "104x104+268+168");
  EXPECT_EQ(text(widened({300, 200, 40, 40}, 32, {512, 256}, image)), "208x104+216+168");
  EXPECT_EQ(text(widened({300, 200, 40, 40}, 32, {256, 512}, image)), "104x208+268+116");
  // At an edge it grows to the other side.
  EXPECT_EQ(text(widened({0, 0, 10, 10}, 32, {512, 512}, image)), "42x42+0+0");
  EXPECT_EQ(text(widened({630, 470, 10, 10}, 32, {1024, 512}, image)), "84x42+556+438");
  // Where the picture is too small for the proportions, it takes all of a side.
  EXPECT_EQ(text(widened({0, 200, 640, 40}, 32, {512, 512}, image)), "640x480+0+0");
}

TEST(Mask, MixesBitForBitOutside) {
  Image below{.width = 4, .height = 1, .rgb = {10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30}};
  const Image above{.width = 3, .height = 1, .rgb = {210, 0, 255, 210, 0, 255, 210, 0, 255}};
  mix(below, above, std::vector<float>{1, 1, 0.5F, 0}, 1, 0);
  EXPECT_EQ(below.rgb, (std::vector<std::uint8_t>{10, 20, 30, 210, 0, 255, 110, 10, 143, 10, 20, 30}));
}

}  // namespace
}  // namespace sfumato

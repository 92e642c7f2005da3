#include "image/opaque.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Opaque, LaysAPictureOnTheBackground) {
  const DecodedImage input{
      .width = 3, .height = 1, .rgba = {10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 128}, .values = {}, .remarks = {}};
  const Image image = opaque(input, {.red = 200, .green = 100, .blue = 0});
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 1);
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{10, 20, 30, 200, 100, 0, 100, 100, 128}));
}

}  // namespace
}  // namespace sfumato

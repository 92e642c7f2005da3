#include "nn/to_image.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <limits>

#include "error_of.h"

namespace sfumato {
namespace {

// A picture of one pixel.
at::Tensor pixel(float red, float green, float blue) { return at::tensor({red, green, blue}).reshape({1, 3, 1, 1}); }

std::vector<std::uint8_t> bytes_of(float red, float green, float blue) { return to_image(pixel(red, green, blue)).rgb; }

using Bytes = std::vector<std::uint8_t>;

TEST(ToImage, MapsBlackGreyAndWhite) { EXPECT_EQ(bytes_of(-1, 0, 1), (Bytes{0, 128, 255})); }

TEST(ToImage, RoundsToTheNearestAndNotDown) {
  // 2 * 99.6 / 255 - 1 is 99.6 of 255.
  EXPECT_EQ(bytes_of(2 * 99.6F / 255 - 1, 2 * 99.4F / 255 - 1, 2 * 254.6F / 255 - 1), (Bytes{100, 99, 255}));
}

// 0 is 127.5 exactly: the one half that float32 pixels meet.
TEST(ToImage, RoundsAHalfToTheEvenNumber) { EXPECT_EQ(bytes_of(0, -0.0F, 0), (Bytes{128, 128, 128})); }

TEST(ToImage, ClampsWhatIsOutside) { EXPECT_EQ(bytes_of(-1.5F, 1.5F, 1e30F), (Bytes{0, 255, 255})); }

TEST(ToImage, PutsTheThreeColoursOfAPixelTogetherAndRowsFromTheTop) {
  // Red is 0 1 / 2 3 of 255, green 10 more, blue 20 more.
  std::vector<float> planes;
  for (const int colour : {0, 10, 20}) {
    for (int i = 0; i < 4; ++i) planes.push_back(2 * static_cast<float>(colour + i) / 255 - 1);
  }
  const Image image = to_image(at::tensor(planes).reshape({1, 3, 2, 2}));
  EXPECT_EQ(image.rgb, (Bytes{0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23}));
}

TEST(ToImage, KeepsWidthAndHeightApart) {
  const Image image = to_image(at::full({1, 3, 2, 5}, 0.0));
  EXPECT_EQ(image.width, 5);
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(image.rgb.size(), 30U);
}

TEST(ToImage, RefusesAValueThatIsNotFinite) {
  using Limits = std::numeric_limits<float>;
  for (const float value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    EXPECT_EQ(
        error_of([&] { (void)to_image(pixel(0, value, 0)); }),
        "internal: the picture has values that are not finite (NaN or infinite), so it is not saved. Take a smaller "
        "--cfg-scale, or --dtype "
        "float32.");
  }
}

}  // namespace
}  // namespace sfumato

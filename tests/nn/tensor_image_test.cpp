#include "nn/tensor_image.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
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
        "`cfg_scale`, or `dtype` float32.");
  }
}

TEST(ToPixels, GoesFromMinusOneToOne) {
  const at::Tensor pixels = to_pixels({.width = 2, .height = 1, .rgb = {0, 255, 51, 102, 0, 204}});
  ASSERT_EQ(pixels.sizes(), (std::vector<std::int64_t>{1, 3, 1, 2}));
  EXPECT_TRUE(pixels.flatten().allclose(at::tensor({-1.0F, -0.2F, 1.0F, -1.0F, -0.6F, 0.6F})));
}

TEST(ToPixels, IsUndoneByToImage) {
  Image image{.width = 16, .height = 16, .rgb = {}};
  for (int i = 0; i < 16 * 16 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i));
  EXPECT_EQ(to_image(to_pixels(image)).rgb, image.rgb);
}

// Two latents side by side, of 2 x 2 pixels.
at::Tensor mask(std::vector<float> rows) { return to_mask(rows, 4); }

std::vector<float> latents(const at::Tensor& of) {
  const at::Tensor small = latent_mask(of, 2).flatten();
  return {small.const_data_ptr<float>(), small.const_data_ptr<float>() + small.numel()};
}

TEST(LatentMask, HasTheFirstPixelOfABlackAndWhiteMaskAsDiffusers) {
  EXPECT_EQ(latents(mask({1, 0, 0, 1,  //
                          0, 0, 1, 1})),
            (std::vector<float>{1, 0}));
}

TEST(LatentMask, LosesNoMaskThatIsThinnerThanALatent) {
  EXPECT_EQ(latents(mask({0, 0, 0, 1,  //
                          0, 0, 0, 1})),
            (std::vector<float>{0, 0.5}));
}

TEST(LatentMask, IsTheMeanOfSoftEdges) {
  EXPECT_EQ(latents(mask({1, 1, 0.5, 0,  //
                          1, 1, 0.5, 0})),
            (std::vector<float>{1, 0.25}));
}

}  // namespace
}  // namespace sfumato

#include "nn/to_pixels.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "nn/to_image.h"

namespace sfumato {
namespace {

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

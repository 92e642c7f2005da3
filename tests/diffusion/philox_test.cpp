// The literals are published: AUTOMATIC1111's modules/rng_philox.py says that they are torch.randn((3, 4),
// device="cuda") with seed 0.
#include "diffusion/philox.h"

#include <gtest/gtest.h>

#include "diffusion/noise.h"

namespace sfumato {
namespace {

TEST(Philox, IsTorchsOnAGpu) {
  const std::vector<float> published = {-0.92466259F, -0.42534415F, -2.6438457F,  0.14518388F,
                                        -0.12086647F, -0.57972564F, -0.62285122F, -0.32838709F,
                                        -1.07454231F, -0.36314407F, -1.67105067F, 2.26550497F};
  const std::vector<float> numbers = philox_normal(0, 0, 12);
  for (std::size_t i = 0; i < published.size(); ++i) EXPECT_NEAR(numbers[i], published[i], 1e-6) << i;
}

TEST(Philox, GoesOnWithEachDraw) {
  NoiseSource source(7, {1, 2, 4, 4}, at::kCPU, Rng::philox);
  const at::Tensor first = source.draw().flatten(), second = source.draw().flatten();
  EXPECT_FLOAT_EQ(first[31].item<float>(), philox_normal(7, 0, 32)[31]);
  EXPECT_FLOAT_EQ(second[31].item<float>(), philox_normal(7, 1, 32)[31]);
  EXPECT_NE(first[0].item<float>(), second[0].item<float>());
}

TEST(Philox, TakesAllBitsOfASeed) { EXPECT_NE(philox_normal(1, 0, 1), philox_normal((1ULL << 32U) + 1, 0, 1)); }

TEST(Philox, IsNormal) {
  double sum = 0, squares = 0;
  constexpr std::size_t kCount = 100'000;
  for (const float number : philox_normal(5, 0, kCount)) {
    sum += number;
    squares += double{number} * number;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.02);
  EXPECT_NEAR(squares / kCount, 1, 0.02);
}

}  // namespace
}  // namespace sfumato

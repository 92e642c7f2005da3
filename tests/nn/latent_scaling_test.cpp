#include "nn/latent_scaling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <vector>

namespace sfumato {
namespace {

std::vector<float> numbers(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.flatten().contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

TEST(LatentScaling, MultipliesByTheFactor) {
  const LatentScaling scaling({.channels = 2, .downscale = 8, .scaling_factor = 0.5});
  const at::Tensor x = at::tensor({4.0F, -6.0F}).view({1, 2, 1, 1});
  EXPECT_EQ(numbers(scaling.from_encoder(x)), (std::vector<float>{2, -3}));
  EXPECT_EQ(numbers(scaling.deviation_from_encoder(x)), (std::vector<float>{2, -3}));
  EXPECT_EQ(numbers(scaling.to_decoder(x)), (std::vector<float>{8, -12}));
}

TEST(LatentScaling, TakesTheMeanOffAndDividesByTheDeviation) {
  const LatentScaling scaling(
      {.channels = 2, .downscale = 8, .scaling_factor = 0.5, .mean = {2, -4}, .deviation = {0.5, 4}});
  const at::Tensor x = at::tensor({4.0F, -6.0F}).view({1, 2, 1, 1});
  EXPECT_EQ(numbers(scaling.from_encoder(x)), (std::vector<float>{2, -0.25}));
  EXPECT_EQ(numbers(scaling.deviation_from_encoder(x)), (std::vector<float>{4, -0.75}));
  EXPECT_EQ(numbers(scaling.to_decoder(scaling.from_encoder(x))), (std::vector<float>{4, -6}));
}

}  // namespace
}  // namespace sfumato

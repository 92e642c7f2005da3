// The literals are torch.randn((1, 8, 16, 16), generator=torch.Generator().manual_seed(42)), drawn twice.
#include "diffusion/noise.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

const std::vector<std::int64_t> kShape = {1, 8, 16, 16};

TEST(Noise, IsWhatDiffusersDraws) {
  NoiseSource source(42, kShape, at::kCPU);
  const at::Tensor first = source.draw().flatten();
  EXPECT_FLOAT_EQ(first[0].item<float>(), 1.9269152879714966f);
  EXPECT_FLOAT_EQ(first[3].item<float>(), -2.1055209636688232f);
  const at::Tensor second = source.draw().flatten();
  EXPECT_FLOAT_EQ(second[0].item<float>(), -0.6002296209335327f);
  EXPECT_FLOAT_EQ(second[1].item<float>(), -0.05797451362013817f);
}

TEST(Noise, DependsOnNothingButItsSeed) {
  NoiseSource other(7, kShape, at::kCPU);
  NoiseSource one(42, kShape, at::kCPU), same(42, kShape, at::kCPU);
  (void)other.draw();
  EXPECT_TRUE(one.draw().equal(same.draw()));
  EXPECT_FALSE(one.draw().equal(other.draw()));
}

TEST(Noise, TakesEverySeed) {
  NoiseSource largest(UINT64_MAX, kShape, at::kCPU), zero(0, kShape, at::kCPU);
  EXPECT_FALSE(largest.draw().equal(zero.draw()));
}

}  // namespace
}  // namespace sfumato

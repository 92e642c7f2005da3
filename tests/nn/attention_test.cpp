#include "nn/attention.h"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sfumato {
namespace {

class AttentionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_own_attention({.device = at::kCPU, .dtype = at::kBFloat16})) GTEST_SKIP() << "made for other processors";
    at::manual_seed(1);
  }
  void TearDown() override { at::set_num_threads(threads_); }

  const int threads_ = at::get_num_threads();
};

// As networks hand it over: [B, L, H D] seen as [B, H, L, D].
at::Tensor heads(std::int64_t batch, std::int64_t heads, std::int64_t length, std::int64_t width, double spread = 1) {
  return (at::randn({batch, length, heads, width}) * spread).to(at::kBFloat16).transpose(1, 2);
}

double error(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const at::Tensor exact = at::scaled_dot_product_attention(q.to(at::kDouble), k.to(at::kDouble), v.to(at::kDouble));
  const at::Tensor ours = attention(q, k, v);
  EXPECT_EQ(ours.sizes(), q.sizes());
  return (ours.to(at::kDouble) - exact).abs().max().item<double>();
}

TEST_F(AttentionTest, IsSoftmaxOfProductsTimesValues) {
  EXPECT_LT(error(heads(2, 3, 130, 40), heads(2, 3, 130, 40), heads(2, 3, 130, 40)), 0.01);
  EXPECT_LT(error(heads(1, 2, 64, 160), heads(1, 2, 77, 160), heads(1, 2, 77, 160)), 0.01);
  EXPECT_LT(error(heads(1, 1, 200, 512), heads(1, 1, 1030, 512), heads(1, 1, 1030, 512)), 0.01);
  EXPECT_LT(error(heads(1, 1, 1, 2), heads(1, 1, 1, 2), heads(1, 1, 1, 2)), 0.02);
}

TEST_F(AttentionTest, HoldsWhenScoresAreLargeAndGrowFromBlockToBlock) {
  at::Tensor k = heads(1, 2, 1600, 64, 8);
  k = k * at::linspace(0.1, 4, 1600).view({1, 1, -1, 1}).to(at::kBFloat16);
  EXPECT_LT(error(heads(1, 2, 40, 64, 8), k, heads(1, 2, 1600, 64)), 0.02);
}

TEST_F(AttentionTest, GivesTheSameBytesWithAnyThreadsAndBatch) {
  const at::Tensor q = heads(2, 4, 300, 40), k = heads(2, 4, 700, 40), v = heads(2, 4, 700, 40);
  at::set_num_threads(1);
  const at::Tensor both = attention(q, k, v);
  at::set_num_threads(3);
  EXPECT_TRUE(at::equal(attention(q, k, v), both));
  EXPECT_TRUE(at::equal(attention(q.narrow(0, 1, 1), k.narrow(0, 1, 1), v.narrow(0, 1, 1)), both.narrow(0, 1, 1)));
}

TEST_F(AttentionTest, HidesNoValueThatIsNotFinite) {
  for (const float value : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    at::Tensor k = heads(1, 1, 600, 40);
    k[0][0][13][7] = value;
    EXPECT_TRUE(attention(heads(1, 1, 20, 40).abs(), k, heads(1, 1, 600, 40)).isnan().all().item<bool>());
  }
}

}  // namespace
}  // namespace sfumato

#include "text/weighting.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

namespace sfumato {
namespace {

at::Tensor rows(std::vector<float> values) { return at::tensor(values, at::kFloat).reshape({1, 3, 2}); }

const std::vector<double> kWeights = {1, 2, 0.5};

at::Tensor hidden() { return rows({1, 2, 3, 4, -5, 7}); }
at::Tensor empty() { return rows({1, 1, 2, 2, 3, 3}); }

at::Tensor weighted_by(Weighting rule) { return weighted(hidden(), kWeights, rule, &empty); }

TEST(Weighting, OfA1111MultipliesAndKeepsTheMean) {
  // {1, 2, 6, 8, -2.5, 3.5} has mean 3 where the mean was 2
  const at::Tensor expected = rows({1, 2, 6, 8, -2.5, 3.5}) * (2.0 / 3);
  EXPECT_TRUE(at::allclose(weighted_by(Weighting::a1111), expected));
  EXPECT_FLOAT_EQ(weighted_by(Weighting::a1111).mean().item<float>(), hidden().mean().item<float>());
}

TEST(Weighting, WithoutNormMultipliesOnly) {
  EXPECT_TRUE(weighted_by(Weighting::no_norm).equal(rows({1, 2, 6, 8, -2.5, 3.5})));
}

TEST(Weighting, OfComfyGoesFromTheEmptyPromptOn) {
  EXPECT_TRUE(at::allclose(weighted_by(Weighting::comfy), rows({1, 2, 4, 6, -1, 5})));
}

TEST(Weighting, LeavesThePromptAsItIsWhenAllWeighsTheSame) {
  const auto never = []() -> at::Tensor { throw std::logic_error("nobody asked for the empty prompt"); };
  for (const Named<Weighting>& rule : names<Weighting>())
    EXPECT_TRUE(weighted(hidden(), std::vector<double>(3, 1), rule.value, never).equal(hidden())) << rule.name;
}

TEST(Weighting, StaysFiniteWhenThereIsNoMeanToRestore) {
  const at::Tensor result = weighted(hidden(), std::vector<double>(3, 0), Weighting::a1111, &empty);
  EXPECT_TRUE(result.equal(at::zeros_like(result)));
}

}  // namespace
}  // namespace sfumato

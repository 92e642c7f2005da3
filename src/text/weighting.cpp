#include "text/weighting.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace sfumato {
namespace {

at::Tensor times_keeping_mean(const at::Tensor& hidden, const at::Tensor& weights) {
  const at::Tensor result = hidden * weights;
  const double ratio = hidden.mean().item<double>() / result.mean().item<double>();
  return std::isfinite(ratio) ? result * ratio : result;  // a mean of 0 cannot be restored
}

}  // namespace

at::Tensor weighted(const at::Tensor& hidden, std::span<const double> weights, Weighting rule,
                    const std::function<at::Tensor()>& empty) {
  if (std::ranges::all_of(weights, [](double weight) { return weight == 1; })) return hidden;
  const at::Tensor w = at::tensor(std::vector<float>(weights.begin(), weights.end()), at::kFloat)
                           .to(hidden.device())
                           .reshape({1, hidden.size(1), 1});
  switch (rule) {
    case Weighting::a1111:
      return times_keeping_mean(hidden, w);
    case Weighting::no_norm:
      return hidden * w;
    case Weighting::comfy: {
      const at::Tensor e = empty();
      return e + w * (hidden - e);
    }
    case Weighting::ignore:
    case Weighting::none:
      break;
  }
  return hidden;
}

}  // namespace sfumato

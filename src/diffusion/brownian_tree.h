// A Brownian path whose increments depend on a seed alone, not on which of them are asked for: torchsde's BrownianTree
// with its defaults (tol 1e-6, pool size 24), as k-diffusion's and diffusers' BrownianTreeNoiseSampler use it. Time is
// sigma.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <utility>

#include "base/lru_cache.h"

namespace sfumato {

class BrownianTree {
 public:
  // Standard normal numbers [1, C, h, w] float32 of a seed, the first of its generator.
  using Draw = std::function<at::Tensor(std::uint32_t seed)>;

  // From sigma `low` to `high`; entropy: the picture's seed.
  BrownianTree(double low, double high, std::uint64_t entropy, Draw draw);

  // The increment from sigma `from` down to `to`, of variance from - to. Sigmas outside the tree count as its ends.
  // Times are rounded to 1e-6, as torchsde does.
  [[nodiscard]] at::Tensor increment(double from, double to);

 private:
  struct Node {
    double start = 0;
    double end = 0;
    std::uint64_t key = 0;  // of its place among those of its depth
    std::uint64_t depth = 0;
  };

  [[nodiscard]] at::Tensor left_part(const Node& node, double middle, const at::Tensor& whole);
  void add(const Node& node, const at::Tensor& whole, double start, double end, at::Tensor& sum);

  Node root_;
  std::uint64_t entropy_;
  Draw draw_;
  at::Tensor whole_;
  LruCache<std::pair<std::uint64_t, std::uint64_t>, at::Tensor> parts_;  // left parts, by depth and key
};

}  // namespace sfumato

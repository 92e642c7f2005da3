// The random numbers that a sampler asks for: those of each step for itself, or of one Brownian path over all sigmas.
#pragma once

#include <ATen/core/Tensor.h>

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

#include "diffusion/brownian_tree.h"
#include "diffusion/noise.h"
#include "diffusion/sigmas.h"
#include "sfumato/options.h"

namespace sfumato {

// Increments of one Brownian path from a sigma down to the geometric mean of two, and on to the lower one.
struct HalfStep {
  at::Tensor half;
  at::Tensor whole;
};

// All tensors are [1, C, h, w] float32, and `scale` (GenerateOptions::s_noise) times as large as said.
class Noise {
 public:
  // draw: the picture's next standard normal numbers
  template <std::invocable Draw>
    requires(!std::same_as<std::remove_cvref_t<Draw>, Noise>)
  Noise(Draw draw) : draw_(std::move(draw)) {}  // NOLINT(google-explicit-constructor): a sampler's noise is a draw
  // path: nullptr: of_step() and half_step() draw too
  Noise(std::function<at::Tensor()> draw, std::shared_ptr<BrownianTree> path, double scale)
      : draw_(std::move(draw)), path_(std::move(path)), scale_(scale) {}

  // Standard normal numbers.
  [[nodiscard]] at::Tensor operator()() const { return scaled(draw_()); }
  // Standard normal numbers of the step from sigma down to next: the path's increment divided by sqrt(sigma - next).
  [[nodiscard]] at::Tensor of_step(double sigma, double next) const;
  [[nodiscard]] HalfStep half_step(double sigma, double next) const;

 private:
  [[nodiscard]] at::Tensor scaled(const at::Tensor& numbers) const;

  std::function<at::Tensor()> draw_;
  std::shared_ptr<BrownianTree> path_;
  double scale_ = 1;
};

// The noise of a picture's sampler, which goes on with the numbers of `source`. A Brownian path spans the levels of the
// whole table, and its seed is the picture's.
[[nodiscard]] Noise noise_of(const GenerateOptions& options, const SigmaTable& table,
                             const std::shared_ptr<NoiseSource>& source);

}  // namespace sfumato

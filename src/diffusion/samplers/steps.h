// What the samplers' steps have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "sfumato/options.h"

namespace sfumato {

// A step to `next` with fresh noise: next^2 = down^2 + up^2. Step down below next, then add `up` of noise.
struct AncestralStep {
  double down = 0;
  double up = 0;
};

// The split of k-diffusion's get_ancestral_step, which is that of DDIM's eq. 16 (Song et al. 2021a). eta 0: no fresh
// noise. 0 <= next < sigma, 0 <= eta <= 1.
[[nodiscard]] AncestralStep ancestral_step(double sigma, double next, double eta);

// The first-order exponential step: x at `next` if D stays constant from sigma on.
[[nodiscard]] at::Tensor exponential_step(const at::Tensor& x, const at::Tensor& denoised, double sigma, double next);

// x relabelled from one noise level to another with x_t = x / sqrt(1 + sigma^2) unchanged.
[[nodiscard]] at::Tensor rescaled(const at::Tensor& x, double sigma, double other);

// The level that churn raises sigma to, one of `steps` (Karras et al. 2022, algorithm 2); sigma without churn.
[[nodiscard]] double churned(double sigma, std::size_t steps, const ChurnOptions& churn);

// Noise that takes x from sigma up to `higher`, as a factor of standard normal numbers.
[[nodiscard]] double added_noise(double sigma, double higher);

// karras' levels from `from` down to `to`, without a last 0 (Karras et al. 2022, eq. 5, rho 7). levels >= 1
[[nodiscard]] std::vector<double> karras_levels(double from, double to, int levels);

}  // namespace sfumato

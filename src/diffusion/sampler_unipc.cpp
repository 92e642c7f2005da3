#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/sampler.h"

namespace sfumato {
namespace {

// phi_1(-h) = (1 - exp(-h)) / h and its like, divided by B(h): the right-hand side of the order conditions, eq. 9.
struct Conditions {
  double first = 0;
  double second = 0;
};

Conditions conditions(double h) {
  const double b = std::expm1(-h);  // B(h) for data prediction, where h counts as -h
  const double phi_2 = b / -h - 1;
  const double phi_3 = phi_2 / -h - 0.5;
  return {.first = phi_2 / b, .second = 2 * phi_3 / b};
}

}  // namespace

SamplerCoroutine sample_unipc(at::Tensor x, std::vector<double> sigmas) {
  const auto lambda = [&](std::size_t i) { return -std::log(sigmas[i]); };
  at::Tensor last_x, last, older;  // x before the last step as it was corrected, D there, and D a step earlier
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (last.defined()) {
      // UniC: the last step again, with the estimate where it led.
      const double h = lambda(i) - lambda(i - 1);
      const Conditions c = conditions(h);
      at::Tensor residual = (denoised - last) / 2;
      if (older.defined()) {
        const double r = (lambda(i - 2) - lambda(i - 1)) / h;
        const double rho = (c.first - c.second) / (1 - r);
        residual = rho * (older - last) / r + (c.first - rho) * (denoised - last);
      }
      x = (sigma / sigmas[i - 1]) * last_x + (1 - sigma / sigmas[i - 1]) * (last + residual);
    }
    // UniP: on to the next level.
    at::Tensor d = denoised;
    if (last.defined() && next > 0) {
      const double r = (lambda(i - 1) - lambda(i)) / (lambda(i + 1) - lambda(i));
      d = denoised + (last - denoised) / (2 * r);
    }
    last_x = x;
    older = last;
    last = denoised;
    x = (next / sigma) * x + (1 - next / sigma) * d;
  }
  co_return x;
}

}  // namespace sfumato

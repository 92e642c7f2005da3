#include "diffusion/samplers/steps.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sfumato {

AncestralStep ancestral_step(double sigma, double next, double eta) {
  const double up = std::min(next, eta * next * std::sqrt(1 - next * next / (sigma * sigma)));
  return {.down = std::sqrt(next * next - up * up), .up = up};
}

at::Tensor exponential_step(const at::Tensor& x, const at::Tensor& denoised, double sigma, double next) {
  return (next / sigma) * x + (1 - next / sigma) * denoised;
}

at::Tensor rescaled(const at::Tensor& x, double sigma, double other) {
  return sigma == other ? x : x * std::sqrt((1 + other * other) / (1 + sigma * sigma));
}

double churned(double sigma, std::size_t steps, const ChurnOptions& churn) {
  if (churn.amount == 0 || sigma < churn.tmin || sigma > churn.tmax) return sigma;
  return sigma * (1 + std::min(churn.amount / static_cast<double>(steps), std::numbers::sqrt2 - 1));
}

double added_noise(double sigma, double higher) { return std::sqrt(higher * higher - sigma * sigma); }

std::vector<double> karras_levels(double from, double to, int levels) {
  constexpr double rho = 7;
  const double high = std::pow(from, 1 / rho), low = std::pow(to, 1 / rho);
  std::vector<double> sigmas;
  for (int i = 0; i < levels; ++i) {
    const double ramp = levels == 1 ? 0 : static_cast<double>(i) / (levels - 1);
    sigmas.push_back(std::pow(high + ramp * (low - high), rho));
  }
  return sigmas;
}

}  // namespace sfumato

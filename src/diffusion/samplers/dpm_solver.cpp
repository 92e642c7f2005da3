#include "diffusion/samplers/dpm_solver.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/clamp_min.h>
#include <ATen/ops/maximum.h>

#include <algorithm>
#include <cmath>

#include "diffusion/samplers/steps.h"

namespace sfumato {

SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, ChurnOptions churn, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = churned(sigmas[i], sigmas.size() - 1, churn);
    if (sigma > sigmas[i]) x = x + added_noise(sigmas[i], sigma) * noise();
    const at::Tensor denoised = co_await denoise(x, sigma, sigma > sigmas[i]);
    const at::Tensor d = (x - denoised) / sigma;
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    if (down == 0) {
      x = x - sigma * d;
    } else {
      const double middle = std::sqrt(sigma * down);
      const at::Tensor predicted = x + (middle - sigma) * d;
      const at::Tensor denoised_there = co_await denoise_between(predicted, middle);
      const at::Tensor d_there = (predicted - denoised_there) / middle;
      x = x + (down - sigma) * d_there;
    }
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

namespace {

// A step of DPM-Solver in lambda = -log sigma, with fresh noise: down to sigma exp(-h), then `up` of noise.
struct Step {
  double sigma = 0;
  double h = 0;
  double up = 0;

  [[nodiscard]] double stage(double r) const { return sigma * std::exp(-r * h); }
};

// To `next`, but not below `lowest`.
Step step_to(double sigma, double next, double lowest, double eta) {
  const double down = std::max(ancestral_step(sigma, next, eta).down, lowest);
  return {.sigma = sigma, .h = std::log(sigma / down), .up = eta == 0 ? 0 : std::sqrt(next * next - down * down)};
}

// The stages of DPM-Solver-3 (Lu et al. 2022, algorithm 2) with r_1 = 1/3 and r_2 = 2/3, and of lower orders. eps: the
// slopes (x - D) / sigma at the beginning and at the stages.
at::Tensor first_order(const Step& s, double r, const at::Tensor& x, const at::Tensor& eps) {
  return x - s.stage(r) * std::expm1(r * s.h) * eps;
}
at::Tensor second_order(const Step& s, double r_1, const at::Tensor& x, const at::Tensor& eps,
                        const at::Tensor& eps_1) {
  return first_order(s, 1, x, eps) - s.stage(1) / (2 * r_1) * std::expm1(s.h) * (eps_1 - eps);
}
at::Tensor second_stage(const Step& s, const at::Tensor& x, const at::Tensor& eps, const at::Tensor& eps_1) {
  const double h_2 = 2 * s.h / 3;
  return first_order(s, 2.0 / 3, x, eps) - s.stage(2.0 / 3) * 2 * (std::expm1(h_2) / h_2 - 1) * (eps_1 - eps);
}
at::Tensor third_order(const Step& s, const at::Tensor& x, const at::Tensor& eps, const at::Tensor& eps_2) {
  return first_order(s, 1, x, eps) - s.stage(1) * 1.5 * (std::expm1(s.h) / s.h - 1) * (eps_2 - eps);
}

// How many evaluations each step takes, of `evaluations` in all: threes, and what is left at the end.
std::vector<int> fast_orders(int evaluations) {
  const int left = evaluations % 3;
  std::vector<int> orders(static_cast<std::size_t>(evaluations / 3 - (left == 0 ? 1 : 0)), 3);
  if (left == 0) orders.push_back(2);
  orders.push_back(left == 0 ? 1 : left);
  return orders;
}

}  // namespace

SamplerCoroutine sample_dpm_fast(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  const double highest = sigmas.front(), lowest = sigmas.back() > 0 ? sigmas.back() : sigmas[sigmas.size() - 2];
  if (highest == lowest) co_return co_await denoise(x, highest);
  const std::vector<int> orders = fast_orders(static_cast<int>(sigmas.size()) - 1);
  const auto level = [&](std::size_t i) {
    return highest * std::pow(lowest / highest, static_cast<double>(i) / static_cast<double>(orders.size()));
  };
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Step s = step_to(level(i), level(i + 1), lowest, eta);
    const at::Tensor eps = (x - co_await denoise(x, s.sigma)) / s.sigma;
    if (orders[i] == 1) {
      x = first_order(s, 1, x, eps);
    } else {
      const double r_1 = orders[i] == 2 ? 1.0 / 2 : 1.0 / 3, sigma_1 = s.stage(r_1);
      const at::Tensor u_1 = first_order(s, r_1, x, eps);
      const at::Tensor eps_1 = (u_1 - co_await denoise_between(u_1, sigma_1)) / sigma_1;
      if (orders[i] == 2) {
        x = second_order(s, r_1, x, eps, eps_1);
      } else {
        const double sigma_2 = s.stage(2.0 / 3);
        const at::Tensor u_2 = second_stage(s, x, eps, eps_1);
        const at::Tensor eps_2 = (u_2 - co_await denoise_between(u_2, sigma_2)) / sigma_2;
        x = third_order(s, x, eps, eps_2);
      }
    }
    if (s.up > 0) x = x + s.up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_dpm_adaptive(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  constexpr double kRelative = 0.05, kAbsolute = 0.0078, kFirstStep = 0.05, kAccepted = 0.81;
  constexpr double kOrder = 3, kStochasticOrder = 1.5;
  constexpr double kEnd = 1e-5;  // of lambda
  constexpr int kMostTries = 1000;
  const double lowest = sigmas.back() > 0 ? sigmas.back() : sigmas[sigmas.size() - 2];
  double sigma = sigmas.front(), h = kFirstStep;
  at::Tensor x_previous = x;
  at::Tensor eps;  // at x; undefined once x has changed
  if (sigma == lowest) co_return co_await denoise(x, sigma);
  for (int tries = 0; std::log(sigma / lowest) > kEnd && tries < kMostTries; ++tries) {
    const double next = std::max(lowest, sigma * std::exp(-h));
    const Step s = step_to(sigma, next, lowest, eta);
    if (!eps.defined()) eps = (x - co_await denoise(x, sigma)) / sigma;
    const double sigma_1 = s.stage(1.0 / 3), sigma_2 = s.stage(2.0 / 3);
    const at::Tensor u_1 = first_order(s, 1.0 / 3, x, eps);
    const at::Tensor eps_1 = (u_1 - co_await denoise_between(u_1, sigma_1)) / sigma_1;
    const at::Tensor low = second_order(s, 1.0 / 3, x, eps, eps_1);
    const at::Tensor u_2 = second_stage(s, x, eps, eps_1);
    const at::Tensor eps_2 = (u_2 - co_await denoise_between(u_2, sigma_2)) / sigma_2;
    const at::Tensor high = third_order(s, x, eps, eps_2);
    const at::Tensor tolerated = at::clamp_min(kRelative * at::maximum(low.abs(), x_previous.abs()), kAbsolute);
    const double error = ((low - high) / tolerated).square().mean().sqrt().item<double>();
    if (!std::isfinite(error)) co_return high;  // smaller steps would not help
    // An integral controller of the step (k-diffusion's PIDStepSizeController with its defaults).
    const double factor = std::pow(1 / (error + 1e-8), 1 / (eta == 0 ? kOrder : kStochasticOrder));
    const double limited = 1 + std::atan(factor - 1);
    h *= limited;
    if (limited < kAccepted) continue;
    x_previous = low;
    x = high;
    if (s.up > 0) x = x + s.up * noise();
    eps.reset();
    sigma = next;
  }
  co_return x;
}

}  // namespace sfumato

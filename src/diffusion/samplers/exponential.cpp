#include "diffusion/samplers/exponential.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "diffusion/samplers/steps.h"

namespace sfumato {

namespace {

// The right-hand side of the order conditions, eq. 9: phi_2 and 2 phi_3 of -h, each divided by B(h).
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
      // UniC: the last step again, with the estimate at its end.
      const double h = lambda(i) - lambda(i - 1);
      const Conditions c = conditions(h);
      at::Tensor residual = (denoised - last) / 2;
      if (older.defined()) {
        const double r = (lambda(i - 2) - lambda(i - 1)) / h;
        const double rho = (c.first - c.second) / (1 - r);
        residual = rho * (older - last) / r + (c.first - rho) * (denoised - last);
      }
      x = exponential_step(last_x, last + residual, sigmas[i - 1], sigma);
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
    x = exponential_step(x, d, sigma, next);
  }
  co_return x;
}

SamplerCoroutine sample_res_multistep(at::Tensor x, std::vector<double> sigmas) {
  at::Tensor last;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (!last.defined() || next == 0) {
      x = exponential_step(x, denoised, sigma, next);
    } else {
      const double h = std::log(sigma / next), c_2 = std::log(sigma / sigmas[i - 1]) / h;
      const double phi_1 = std::expm1(-h) / -h, phi_2 = (phi_1 - 1) / -h;
      x = std::exp(-h) * x + h * ((phi_1 - phi_2 / c_2) * denoised + phi_2 / c_2 * last);
    }
    last = denoised;
  }
  co_return x;
}

namespace {

// The rate of noise of ER-SDE-Solver's default (Cui et al. 2023, section 4.2).
double noise_rate(double sigma) { return sigma * (std::exp(std::pow(sigma, 0.3)) + 10); }

// Integrals from `low` to `high` of 1 / rate and of (sigma - high) / rate, by 200 rectangles as ComfyUI takes them.
struct RateIntegrals {
  double plain = 0;
  double weighted = 0;
};

RateIntegrals rate_integrals(double low, double high) {
  constexpr int kRectangles = 200;
  const double width = (high - low) / kRectangles;
  RateIntegrals result;
  for (int i = 0; i < kRectangles; ++i) {
    const double sigma = low + i * width;
    result.plain += width / noise_rate(sigma);
    result.weighted += width * (sigma - high) / noise_rate(sigma);
  }
  return result;
}

}  // namespace

SamplerCoroutine sample_er_sde(at::Tensor x, std::vector<double> sigmas, Noise noise) {
  at::Tensor last, last_slope;  // D, and its change per sigma, a step earlier
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (next == 0) {
      x = denoised;
      continue;
    }
    const double r = noise_rate(next) / noise_rate(sigma), d_sigma = next - sigma;
    x = r * x + (1 - r) * denoised;
    if (last.defined()) {
      const RateIntegrals integrals = rate_integrals(next, sigma);
      const at::Tensor slope = (denoised - last) / (sigma - sigmas[i - 1]);
      x = x + (d_sigma + integrals.plain * noise_rate(next)) * slope;
      if (last_slope.defined()) {
        const at::Tensor bend = (slope - last_slope) / ((sigma - sigmas[i - 2]) / 2);
        x = x + (d_sigma * d_sigma / 2 + integrals.weighted * noise_rate(next)) * bend;
      }
      last_slope = slope;
    }
    x = x + std::sqrt(std::max(next * next - sigma * sigma * r * r, 0.0)) * noise();
    last = denoised;
  }
  co_return x;
}

SamplerCoroutine sample_sa_solver(at::Tensor x, std::vector<double> sigmas, std::vector<double> timesteps, bool ends,
                                  Noise noise) {
  constexpr double kFirstStochastic = 200, kLastStochastic = 800;  // diffusers' tau_func
  at::Tensor last_x, last, fresh;  // x before the last step as it was corrected, D there, and its noise
  double last_tau = 0;
  // What a step keeps of x, and the noise it adds.
  const auto moved = [&](const at::Tensor& from, double tau, double sigma, double next) {
    const double decay = std::pow(next / sigma, tau * tau);
    return (next / sigma) * decay * from + next * std::sqrt(1 - decay * decay) * fresh;
  };
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (last.defined()) {  // the corrector: the last step again, with the estimate at its end
      const double k = 1 + last_tau * last_tau, h = std::log(sigmas[i - 1] / sigma);
      x = moved(last_x, last_tau, sigmas[i - 1], sigma) + k * h / 2 * denoised +
          (-std::expm1(-k * h) - k * h / 2) * last;
    }
    const double tau = timesteps[i] >= kFirstStochastic && timesteps[i] <= kLastStochastic ? 1 : 0;
    const double k = 1 + tau * tau, h = std::log(sigma / next);
    const bool of_second_order = last.defined() && !(ends && i + 2 == sigmas.size());
    const double ahead = of_second_order ? k * h * h / (2 * std::log(sigmas[i - 1] / sigma)) : 0;
    fresh = noise();
    last_x = x;
    x = moved(x, tau, sigma, next) + (ahead - std::expm1(-k * h)) * denoised;
    if (of_second_order) x = x - ahead * last;
    last = denoised;
    last_tau = tau;
  }
  co_return x;
}

}  // namespace sfumato

#include "diffusion/samplers/dpmpp.h"

#include <ATen/TensorOperators.h>

#include <cmath>

#include "diffusion/samplers/steps.h"

namespace sfumato {

namespace {

// (exp(-h) - 1) / h + 1: the weight of the slope of D over a step of length h.
double phi_2(double h) { return std::expm1(-h) / h + 1; }

}  // namespace

SamplerCoroutine sample_dpmpp_2s(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    if (down == 0) {
      x = denoised;
    } else {
      const double middle = std::sqrt(sigma * down);
      const at::Tensor there = exponential_step(x, denoised, sigma, middle);
      const at::Tensor denoised_there = co_await denoise_between(there, middle);
      x = exponential_step(x, denoised_there, sigma, down);
    }
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_sde(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    if (next == 0) {
      x = denoised;
      continue;
    }
    const double middle = std::sqrt(sigma * next);
    const auto [down_there, up_there] = ancestral_step(sigma, middle, eta);
    at::Tensor there = exponential_step(x, denoised, sigma, down_there);
    HalfStep path;
    if (eta > 0) {
      path = noise.half_step(sigma, next);
      there = there + up_there / std::sqrt(sigma - middle) * path.half;
    }
    const at::Tensor denoised_there = co_await denoise_between(there, middle);
    const auto [down, up] = ancestral_step(sigma, next, eta);
    x = exponential_step(x, denoised_there, sigma, down);
    if (eta > 0) x = x + up / std::sqrt(sigma - next) * path.whole;
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  at::Tensor previous;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    at::Tensor d = denoised;
    if (previous.defined() && next > 0) {
      const double r = std::log(sigmas[i - 1] / sigma) / std::log(sigma / next);  // h_{i-1} / h_i
      d = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * previous;
    }
    const double decay = std::pow(next / sigma, eta);  // exp(-eta h): the share of the old noise that stays
    x = (next / sigma) * decay * x + (1 - next / sigma * decay) * d;
    const double up = next * std::sqrt(1 - decay * decay);
    if (up > 0) x = x + up * noise.of_step(sigma, next);
    previous = denoised;
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_2m_heun(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  at::Tensor previous;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const double decay = std::pow(next / sigma, eta), h = std::log(sigma / next);
    at::Tensor stepped = (next / sigma) * decay * x + (1 - next / sigma * decay) * denoised;
    if (previous.defined() && next > 0) {
      const double r = std::log(sigmas[i - 1] / sigma) / h;  // h_{i-1} / h_i
      const double phi = phi_2((1 + eta) * h);
      stepped = stepped + phi / r * (denoised - previous);
    }
    x = stepped;
    const double up = next * std::sqrt(1 - decay * decay);
    if (up > 0) x = x + up * noise.of_step(sigma, next);
    previous = denoised;
  }
  co_return x;
}

SamplerCoroutine sample_dpmpp_3m(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  at::Tensor d_1, d_2;  // D a step and two steps earlier
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const double decay = std::pow(next / sigma, eta);
    x = (next / sigma) * decay * x + (1 - next / sigma * decay) * denoised;
    if (next > 0 && d_1.defined()) {
      const double h = std::log(sigma / next), h_eta = (1 + eta) * h;
      const double r_0 = std::log(sigmas[i - 1] / sigma) / h;
      const at::Tensor slope = (denoised - d_1) / r_0;
      if (d_2.defined()) {
        const double r_1 = std::log(sigmas[i - 2] / sigmas[i - 1]) / h;
        const at::Tensor bend = (slope - (d_1 - d_2) / r_1) / (r_0 + r_1);
        const double phi_3 = phi_2(h_eta) / h_eta - 0.5;
        x = x + phi_2(h_eta) * (slope + r_0 * bend) - phi_3 * bend;
      } else {
        x = x + phi_2(h_eta) * slope;
      }
    }
    const double up = next * std::sqrt(1 - decay * decay);
    if (up > 0) x = x + up * noise.of_step(sigma, next);
    d_2 = d_1;
    d_1 = denoised;
  }
  co_return x;
}

}  // namespace sfumato

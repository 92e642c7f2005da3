#include "diffusion/sampler.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

namespace sfumato {

Sampling sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    // next^2 = down^2 + up^2: step down to less noise than wanted, then add what is missing.
    const double up = std::min(next, eta * next * std::sqrt(1 - next * next / (sigma * sigma)));
    const double down = std::sqrt(next * next - up * up);
    x = x + (down - sigma) * d;
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

Sampling sample_heun(at::Tensor x, std::vector<double> sigmas) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    const at::Tensor predicted = x + (next - sigma) * d;
    if (next == 0) {
      x = predicted;
      continue;
    }
    const at::Tensor denoised_there = co_await denoise(predicted, next);
    const at::Tensor d_there = (predicted - denoised_there) / next;
    x = x + (next - sigma) * (d + d_there) / 2;
  }
  co_return x;
}

Sampling sample_dpmpp_2m(at::Tensor x, std::vector<double> sigmas) {
  at::Tensor previous;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    at::Tensor d = denoised;
    if (previous.defined() && next > 0) {
      const double r = std::log(sigmas[i - 1] / sigma) / std::log(sigma / next);  // h_{i-1} / h_i
      d = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * previous;
    }
    x = (next / sigma) * x + (1 - next / sigma) * d;
    previous = denoised;
  }
  co_return x;
}

Sampling sample_pndm(at::Tensor x, std::vector<double> sigmas, PredictionType type) {
  // F from D and back, and the transfer of eq. 11: x' is where x goes if the network's output is f from sigma to next.
  const auto output = [type](const at::Tensor& denoised, const at::Tensor& at_x, double sigma) {
    const Scalings c = scalings(type, sigma);
    return (denoised - c.skip * at_x) / c.out;
  };
  const auto transfer = [type](const at::Tensor& from, const at::Tensor& f, double sigma, double next) {
    const Scalings c = scalings(type, sigma);
    const at::Tensor denoised = c.skip * from + c.out * f;
    return from + (next - sigma) * (from - denoised) / sigma;
  };
  std::vector<at::Tensor> f;  // outputs so far, the newest last, at most four
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    f.push_back(output(co_await denoise(x, sigma), x, sigma));
    if (f.size() > 4) f.erase(f.begin());
    const auto ago = [&](std::size_t n) { return f[f.size() - 1 - n]; };
    if (f.size() == 1 && i + 2 < sigmas.size()) {
      const at::Tensor predicted = transfer(x, ago(0), sigma, next);
      const at::Tensor f_there = output(co_await denoise(predicted, next), predicted, next);
      x = transfer(x, (ago(0) + f_there) / 2, sigma, next);
    } else if (f.size() == 1) {
      x = transfer(x, ago(0), sigma, next);
    } else if (f.size() == 2) {
      x = transfer(x, (3 * ago(0) - ago(1)) / 2, sigma, next);
    } else if (f.size() == 3) {
      x = transfer(x, (23 * ago(0) - 16 * ago(1) + 5 * ago(2)) / 12, sigma, next);
    } else {
      x = transfer(x, (55 * ago(0) - 59 * ago(1) + 37 * ago(2) - 9 * ago(3)) / 24, sigma, next);
    }
  }
  co_return x;
}

Sampling sample(SamplingMethod method, at::Tensor x, std::vector<double> sigmas, double eta, Noise noise,
                PredictionType type) {
  switch (method) {
    case SamplingMethod::euler:
      return sample_euler(std::move(x), std::move(sigmas), 0, std::move(noise));
    case SamplingMethod::ddim:
    case SamplingMethod::euler_a:
      return sample_euler(std::move(x), std::move(sigmas), eta, std::move(noise));
    case SamplingMethod::heun:
      return sample_heun(std::move(x), std::move(sigmas));
    case SamplingMethod::dpmpp_2m:
      return sample_dpmpp_2m(std::move(x), std::move(sigmas));
    case SamplingMethod::pndm:
      break;
  }
  return sample_pndm(std::move(x), std::move(sigmas), type);
}

int evaluations(SamplingMethod method, int steps) {
  if (method == SamplingMethod::heun) return 2 * steps - 1;
  if (method == SamplingMethod::pndm && steps > 1) return steps + 1;
  return steps;
}

}  // namespace sfumato

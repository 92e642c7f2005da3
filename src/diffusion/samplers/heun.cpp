#include "diffusion/samplers/heun.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "diffusion/samplers/steps.h"

namespace sfumato {

namespace {

// The whole steps of sample_restart: pairs of levels, the second below the first.
struct LevelStep {
  double from = 0;
  double to = 0;
};

std::size_t closest(const std::vector<double>& sigmas, double sigma) {
  const auto distance = [sigma](double a, double b) { return std::abs(a - sigma) < std::abs(b - sigma); };
  return static_cast<std::size_t>(std::ranges::min_element(sigmas, distance) - sigmas.begin());
}

// AUTOMATIC1111's choice: from 20 steps on, nine of them go from about 0.1 to 2 and down again, from 36 on a quarter of
// them, twice.
std::vector<LevelStep> restart_steps(std::vector<double> sigmas) {
  constexpr double kRestartAt = 0.1, kRestartTo = 2;
  const int steps = static_cast<int>(sigmas.size()) - 1;
  int length = 0, times = 0;
  if (steps >= 20) {
    length = steps >= 36 ? steps / 4 : 9;
    times = steps >= 36 ? 2 : 1;
    const double last = sigmas.back();
    sigmas = karras_levels(sigmas.front(), sigmas[sigmas.size() - 2], steps - length * times);
    sigmas.push_back(last);
  }
  const std::size_t low = closest(sigmas, kRestartAt), high = closest(sigmas, kRestartTo);
  std::vector<LevelStep> result;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    result.push_back({.from = sigmas[i], .to = sigmas[i + 1]});
    if (i + 1 != low || high >= low || times == 0) continue;
    const std::vector<double> again = karras_levels(sigmas[high], sigmas[low], length + 1);
    for (int time = 0; time < times; ++time) {
      for (std::size_t j = 0; j + 1 < again.size(); ++j) result.push_back({.from = again[j], .to = again[j + 1]});
    }
  }
  return result;
}

}  // namespace

SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas, ChurnOptions churn, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = churned(sigmas[i], sigmas.size() - 1, churn), next = sigmas[i + 1];
    if (sigma > sigmas[i]) x = x + added_noise(sigmas[i], sigma) * noise();
    const at::Tensor denoised = co_await denoise(x, sigma, sigma > sigmas[i]);
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

SamplerCoroutine sample_heunpp2(at::Tensor x, std::vector<double> sigmas, ChurnOptions churn, Noise noise) {
  const double first = sigmas.front();
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = churned(sigmas[i], sigmas.size() - 1, churn), next = sigmas[i + 1];
    if (sigma > sigmas[i]) x = x + added_noise(sigmas[i], sigma) * noise();
    const at::Tensor d = (x - co_await denoise(x, sigma, sigma > sigmas[i])) / sigma;
    const at::Tensor x_2 = x + (next - sigma) * d;
    if (i + 2 == sigmas.size()) {
      x = x_2;
      continue;
    }
    const at::Tensor d_2 = (x_2 - co_await denoise(x_2, next)) / next;
    if (i + 3 == sigmas.size()) {
      const double w_2 = next / (2 * first);
      x = x + (next - sigma) * ((1 - w_2) * d + w_2 * d_2);
      continue;
    }
    const double after = sigmas[i + 2];
    const at::Tensor x_3 = x_2 + (after - next) * d_2;
    const at::Tensor d_3 = (x_3 - co_await denoise(x_3, after)) / after;
    const double w_2 = next / (3 * first), w_3 = after / (3 * first);
    x = x + (next - sigma) * ((1 - w_2 - w_3) * d + w_2 * d_2 + w_3 * d_3);
  }
  co_return x;
}

SamplerCoroutine sample_restart(at::Tensor x, std::vector<double> sigmas, Noise noise) {
  double at = sigmas.front();
  for (const auto [sigma, next] : restart_steps(sigmas)) {
    if (sigma > at) x = x + added_noise(at, sigma) * noise();
    const at::Tensor d = (x - co_await denoise(x, sigma)) / sigma;
    const at::Tensor predicted = x + (next - sigma) * d;
    if (next == 0) {
      x = predicted;
    } else {
      const at::Tensor d_there = (predicted - co_await denoise(predicted, next)) / next;
      x = x + (next - sigma) * (d + d_there) / 2;
    }
    at = next;
  }
  co_return x;
}

}  // namespace sfumato

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

#include "diffusion/sampler.h"

namespace sfumato {
namespace {

// The integral from sigmas[i] to sigmas[i + 1] of the polynomial that is 1 at sigmas[i - j] and 0 at the others of the
// last `order` levels. Of degree 3 at most, so that two Gauss points are exact.
double adams_coefficient(const std::vector<double>& sigmas, std::size_t i, std::size_t order, std::size_t j) {
  const auto basis = [&](double tau) {
    double product = 1;
    for (std::size_t k = 0; k < order; ++k) {
      if (k != j) product *= (tau - sigmas[i - k]) / (sigmas[i - j] - sigmas[i - k]);
    }
    return product;
  };
  const double middle = (sigmas[i] + sigmas[i + 1]) / 2, half = (sigmas[i + 1] - sigmas[i]) / 2;
  return half * (basis(middle - half / std::sqrt(3)) + basis(middle + half / std::sqrt(3)));
}

}  // namespace

SamplerCoroutine sample_lms(at::Tensor x, std::vector<double> sigmas) {
  std::vector<at::Tensor> d;  // slopes so far, the newest last, at most four
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const at::Tensor denoised = co_await denoise(x, sigmas[i]);
    d.push_back((x - denoised) / sigmas[i]);
    if (d.size() > 4) d.erase(d.begin());
    for (std::size_t j = 0; j < d.size(); ++j) {
      x = x + adams_coefficient(sigmas, i, d.size(), j) * d[d.size() - 1 - j];
    }
  }
  co_return x;
}

SamplerCoroutine sample_pndm(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets,
                             PredictionType type) {
  // F from D and back, and the transfer of eq. 11: where x goes if the network's output is f from sigma to next.
  const auto output = [type](const at::Tensor& denoised, const at::Tensor& at_x, double sigma) {
    const Scalings c = scalings(type, sigma);
    return (denoised - c.skip * at_x) / c.out;
  };
  const auto transfer = [type](const at::Tensor& from, const at::Tensor& f, double sigma, double next) {
    const Scalings c = scalings(type, sigma);
    const at::Tensor denoised = c.skip * from + c.out * f;
    return (next / sigma) * from + (1 - next / sigma) * denoised;
  };
  // x_t stays what it is and is taken for one of another level.
  const auto rescaled = [](const at::Tensor& from, double sigma, double other) {
    return sigma == other ? from : from * std::sqrt((1 + other * other) / (1 + sigma * sigma));
  };
  const at::Tensor start = x;
  std::vector<at::Tensor> f;  // outputs so far, the newest last, at most four
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], target_sigma = targets[i].to;
    const at::Tensor f_here = output(co_await denoise(x, sigma), x, sigma);
    if (i == 1) {  // the first step again, with the mean of both its ends
      const double from = targets[i].from;
      x = transfer(rescaled(start, sigmas[0], from), (f[0] + f_here) / 2, from, sigma);
      x = rescaled(x, sigma, next);
      continue;
    }
    f.push_back(f_here);
    if (f.size() > 4) f.erase(f.begin());
    const auto ago = [&](std::size_t n) { return f[f.size() - 1 - n]; };
    at::Tensor mixed = f_here;
    if (f.size() == 2) mixed = (3 * ago(0) - ago(1)) / 2;
    if (f.size() == 3) mixed = (23 * ago(0) - 16 * ago(1) + 5 * ago(2)) / 12;
    if (f.size() == 4) mixed = (55 * ago(0) - 59 * ago(1) + 37 * ago(2) - 9 * ago(3)) / 24;
    x = rescaled(transfer(x, mixed, sigma, target_sigma), target_sigma, next);
  }
  co_return x;
}

}  // namespace sfumato

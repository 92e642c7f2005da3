#include "diffusion/samplers/adams.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <utility>

#include "diffusion/samplers/steps.h"

namespace sfumato {

namespace {

void add_newest(std::vector<at::Tensor>& values, at::Tensor value, std::size_t most) {
  values.push_back(std::move(value));
  if (values.size() > most) values.erase(values.begin());
}

// Adams and Bashforth's mean of up to four values at equal steps, the newest last.
at::Tensor adams_mean(const std::vector<at::Tensor>& values) {
  const auto ago = [&](std::size_t n) { return values[values.size() - 1 - n]; };
  switch (values.size()) {
    case 1:
      return ago(0);
    case 2:
      return (3 * ago(0) - ago(1)) / 2;
    case 3:
      return (23 * ago(0) - 16 * ago(1) + 5 * ago(2)) / 12;
    default:
      return (55 * ago(0) - 59 * ago(1) + 37 * ago(2) - 9 * ago(3)) / 24;
  }
}

// The integral from sigmas[i] to sigmas[i + 1] of the polynomial that is 1 at sigmas[i - j] and 0 at the others of the
// last `order` levels. Its degree is 3 at most, so two Gauss points are exact.
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
    add_newest(d, (x - denoised) / sigmas[i], 4);
    for (std::size_t j = 0; j < d.size(); ++j) {
      x = x + adams_coefficient(sigmas, i, d.size(), j) * d[d.size() - 1 - j];
    }
  }
  co_return x;
}

SamplerCoroutine sample_pndm(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets,
                             PredictionType type) {
  // F from D, and the transfer of eq. 11: x at `next` if the network's output is f all the way from sigma.
  const auto output = [type](const at::Tensor& denoised, const at::Tensor& at_x, double sigma) {
    const Scalings c = scalings(type, sigma);
    return (denoised - c.skip * at_x) / c.out;
  };
  const auto transfer = [type](const at::Tensor& from, const at::Tensor& f, double sigma, double next) {
    const Scalings c = scalings(type, sigma);
    return exponential_step(from, c.skip * from + c.out * f, sigma, next);
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
    add_newest(f, f_here, 4);
    const at::Tensor mixed = adams_mean(f);
    x = rescaled(transfer(x, mixed, sigma, target_sigma), target_sigma, next);
  }
  co_return x;
}

SamplerCoroutine sample_ipndm(at::Tensor x, std::vector<double> sigmas) {
  std::vector<at::Tensor> d;  // slopes so far, the newest last, at most four
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    add_newest(d, (x - denoised) / sigma, 4);
    x = next == 0 ? denoised : x + (next - sigma) * adams_mean(d);
  }
  co_return x;
}

namespace {

// The weights of the newest slopes, the newest first, in the step behind sigmas[i], exactly as ComfyUI's ipndm_v has
// them. Up to the third order they are Adams and Bashforth's where steps are equal; the fourth order's are near to
// them.
std::vector<double> variable_step_weights(const std::vector<double>& sigmas, std::size_t i, std::size_t order) {
  if (order == 1) return {1};
  const auto step = [&](std::size_t ago) { return sigmas[i + 1 - ago] - sigmas[i - ago]; };
  const double h = step(0), h_1 = step(1);
  std::vector<double> w = {1 + h / h_1 / 2, -h / h_1 / 2};
  if (order == 2) return w;
  const double h_2 = step(2);
  const double a = (1 - h / (3 * (h + h_1)) * (h * (h + h_1)) / (h_1 * (h_1 + h_2))) / 2;
  w = {w[0] + a, w[1] - (1 + h_1 / h_2) * a, a * h_1 / h_2};
  if (order == 3) return w;
  const double h_3 = step(3);
  const double b = ((1 - h / (3 * (h + h_1))) / 2 + (1 - h / (2 * (h + h_1))) * h / (6 * (h + h_1 + h_2))) *
                   (h * (h + h_1) * (h + h_1 + h_2)) / (h_1 * (h_1 + h_2) * (h_1 + h_2 + h_3));
  const double c = h_1 * (h_1 + h_2) / (h_2 * (h_2 + h_3));
  return {w[0] + b, w[1] - (1 + h_1 / h_2 + c) * b, w[2] + (h_1 / h_2 + c * (1 + h_2 / h_3)) * b, -b * c * h_1 / h_2};
}

// The integral from `from` to `to` of the line in log rho that is 1 at rho = b and 0 at rho = c.
double log_line_integral(double from, double to, double b, double c) {
  const auto primitive = [&](double rho) { return rho == 0 ? 0 : rho * (std::log(rho / c) - 1) / std::log(b / c); };
  return primitive(to) - primitive(from);
}

}  // namespace

SamplerCoroutine sample_ipndm_v(at::Tensor x, std::vector<double> sigmas) {
  std::vector<at::Tensor> d;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    add_newest(d, (x - denoised) / sigma, 4);
    if (next == 0) {
      x = denoised;
      continue;
    }
    const std::vector<double> weights = variable_step_weights(sigmas, i, d.size());
    for (std::size_t j = 0; j < d.size(); ++j) x = x + (next - sigma) * weights[j] * d[d.size() - 1 - j];
  }
  co_return x;
}

SamplerCoroutine sample_deis(at::Tensor x, std::vector<double> sigmas, int steps, bool ends) {
  constexpr int kFewSteps = 15;  // below it the last step is of first order
  at::Tensor last;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    if (!last.defined() || (ends && steps < kFewSteps && i + 2 == sigmas.size())) {
      x = x + (next - sigma) * d;
    } else {
      const double before = sigmas[i - 1];
      x = x + log_line_integral(sigma, next, sigma, before) * d + log_line_integral(sigma, next, before, sigma) * last;
    }
    last = d;
  }
  co_return x;
}

}  // namespace sfumato

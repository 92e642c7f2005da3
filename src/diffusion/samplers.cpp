#include "diffusion/samplers.h"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "api/enum_table.h"
#include "api/sampler_info.h"

namespace sfumato {
namespace {

// A step to `next` with fresh noise: next^2 = down^2 + up^2. Step down below next, then add `up` of noise.
struct AncestralStep {
  double down = 0;
  double up = 0;
};

// The split of k-diffusion's get_ancestral_step, which is that of DDIM's eq. 16 (Song et al. 2021a). eta 0: no fresh
// noise. 0 <= next < sigma, 0 <= eta <= 1.
AncestralStep ancestral_step(double sigma, double next, double eta) {
  const double up = std::min(next, eta * next * std::sqrt(1 - next * next / (sigma * sigma)));
  return {.down = std::sqrt(next * next - up * up), .up = up};
}

// The first-order exponential step: x at `next` if D stays constant from sigma on.
at::Tensor exponential_step(const at::Tensor& x, const at::Tensor& denoised, double sigma, double next) {
  return (next / sigma) * x + (1 - next / sigma) * denoised;
}

// x relabelled from one noise level to another with x_t = x / sqrt(1 + sigma^2) unchanged.
at::Tensor rescaled(const at::Tensor& x, double sigma, double other) {
  return sigma == other ? x : x * std::sqrt((1 + other * other) / (1 + sigma * sigma));
}

}  // namespace

SamplerCoroutine sample_euler(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
    const at::Tensor d = (x - denoised) / sigma;
    const auto [down, up] = ancestral_step(sigma, sigmas[i + 1], eta);
    x = x + (down - sigma) * d;
    if (up > 0) x = x + up * noise();
  }
  co_return x;
}

SamplerCoroutine sample_ddim(at::Tensor x, std::vector<double> sigmas, std::vector<StepTarget> targets, double eta,
                             Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], target_sigma = targets[i].to;
    const at::Tensor denoised = co_await denoise(x, sigma);
    const auto [down, up] = ancestral_step(sigma, target_sigma, eta);
    x = exponential_step(x, denoised, sigma, down);
    if (up > 0) x = x + up * noise();
    x = rescaled(x, target_sigma, next);
  }
  co_return x;
}

SamplerCoroutine sample_heun(at::Tensor x, std::vector<double> sigmas) {
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

SamplerCoroutine sample_dpm_2(at::Tensor x, std::vector<double> sigmas, double eta, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const at::Tensor denoised = co_await denoise(x, sigma);
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
    at::Tensor first;  // the path's increment from sigma to the middle, of variance sigma - middle
    if (up_there > 0) {
      first = std::sqrt(sigma - middle) * noise();
      there = there + up_there / std::sqrt(sigma - middle) * first;
    }
    const at::Tensor denoised_there = co_await denoise_between(there, middle);
    const auto [down, up] = ancestral_step(sigma, next, eta);
    x = exponential_step(x, denoised_there, sigma, down);
    if (up > 0) x = x + up / std::sqrt(sigma - next) * (first + std::sqrt(middle - next) * noise());
  }
  co_return x;
}

namespace {

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
    if (up > 0) x = x + up * noise();
    previous = denoised;
  }
  co_return x;
}

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

SamplerCoroutine sample_lcm(at::Tensor x, std::vector<double> sigmas, Noise noise) {
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    x = co_await denoise(x, sigmas[i]);
    if (sigmas[i + 1] > 0) x = x + sigmas[i + 1] * noise();
  }
  co_return x;
}

namespace {

// What sample() passes to a sampler; each row of the table takes what its function needs.
struct Start {
  at::Tensor x;
  std::vector<double> sigmas;
  std::vector<StepTarget> targets;
  double eta = 0;
  Noise noise;
  PredictionType type{};
};
using In = const Start&;

struct SamplerFunction {
  SamplingMethod method;
  SamplerCoroutine (*start)(In in);
};

// One row per row of api/sampler_info.cpp, in the same order.
constexpr std::array kFunctions = std::to_array<SamplerFunction>({
    {SamplingMethod::ddim, [](In in) { return sample_ddim(in.x, in.sigmas, in.targets, in.eta, in.noise); }},
    {SamplingMethod::pndm, [](In in) { return sample_pndm(in.x, in.sigmas, in.targets, in.type); }},
    {SamplingMethod::ddpm, [](In in) { return sample_ddim(in.x, in.sigmas, in.targets, 1, in.noise); }},
    {SamplingMethod::euler, [](In in) { return sample_euler(in.x, in.sigmas, 0, in.noise); }},
    {SamplingMethod::euler_a, [](In in) { return sample_euler(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::heun, [](In in) { return sample_heun(in.x, in.sigmas); }},
    {SamplingMethod::lms, [](In in) { return sample_lms(in.x, in.sigmas); }},
    {SamplingMethod::dpm2, [](In in) { return sample_dpm_2(in.x, in.sigmas, 0, in.noise); }},
    {SamplingMethod::dpm2_a, [](In in) { return sample_dpm_2(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_2s_a, [](In in) { return sample_dpmpp_2s(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_2m, [](In in) { return sample_dpmpp_2m(in.x, in.sigmas, 0, in.noise); }},
    {SamplingMethod::dpmpp_2m_sde, [](In in) { return sample_dpmpp_2m(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::dpmpp_sde, [](In in) { return sample_dpmpp_sde(in.x, in.sigmas, in.eta, in.noise); }},
    {SamplingMethod::unipc, [](In in) { return sample_unipc(in.x, in.sigmas); }},
    {SamplingMethod::lcm, [](In in) { return sample_lcm(in.x, in.sigmas, in.noise); }},
});
static_assert(has_row_per_enumerator<kFunctions, &SamplerFunction::method>());

// Steps from each level to the next.
std::vector<StepTarget> next_levels(const std::vector<double>& sigmas) {
  std::vector<StepTarget> targets;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    targets.push_back({.from = sigmas[i == 0 ? 0 : i - 1], .to = sigmas[i + 1]});
  }
  return targets;
}

}  // namespace

SamplerCoroutine sample(SamplingMethod method, at::Tensor x, const SigmaTable& table, double eta, Noise noise,
                        PredictionType type) {
  return kFunctions[static_cast<std::size_t>(method)].start(
      {.x = std::move(x),
       .sigmas = table.sigmas,
       .targets = table.targets.empty() ? next_levels(table.sigmas) : table.targets,
       .eta = eta,
       .noise = std::move(noise),
       .type = type});
}

int evaluations(SamplingMethod method, const SigmaTable& table) {
  const int levels = static_cast<int>(table.sigmas.size()) - 1;
  const bool listed =
      info_of(method).evaluations == EvaluationRule::first_twice;  // the table has the second level twice
  return listed ? levels : evaluations(method, levels);
}

}  // namespace sfumato

#include "diffusion/beta_distribution.h"

#include <cmath>

namespace sfumato {
namespace {

// The regularized incomplete beta function I_x(a, a) for x <= 1/2, by its hypergeometric series (DLMF 8.17.7):
// x^a / (a B(a, a)) * sum of (1 - a)_n / n! * a / (a + n) * x^n, whose terms at least halve.
double probability_below(double x, double a) {
  constexpr int kTerms = 60;
  double sum = 0, term = 1;  // (1 - a)_n x^n / n!
  for (int n = 0; n < kTerms; ++n) {
    sum += term * a / (a + n);
    term *= (n + 1 - a) / (n + 1) * x;
  }
  const double log_scale = a * std::log(x) - std::log(a) - 2 * std::lgamma(a) + std::lgamma(2 * a);
  return std::exp(log_scale) * sum;
}

}  // namespace

double beta_quantile(double p, double shape) {
  if (p > 0.5) return 1 - beta_quantile(1 - p, shape);
  if (p <= 0) return 0;
  if (p == 0.5) return 0.5;  // to the last bit: `beta_timesteps` rounds it
  double low = 0, high = 0.5;
  while (high - low > 1e-15 * high) {
    const double middle = (low + high) / 2;
    if (middle == low || middle == high) break;
    (probability_below(middle, shape) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace sfumato

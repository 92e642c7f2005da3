#include "import/recognise/alphas_cumprod.h"

#include <algorithm>
#include <cmath>

#include "base/bad_data.h"
#include "import/recognise/schedule.h"
#include "numbers/numbers_in.h"

namespace sfumato {
namespace {

constexpr double kTolerance = 0.01;  // a float16 or bfloat16 of a number below 1 is closer

// Products of 1 - beta_i, sqrt(beta_i) being linear.
std::vector<double> stable_diffusion_alphas() {
  const double first = std::sqrt(kStableDiffusionNoise.beta_start);
  const double last = std::sqrt(kStableDiffusionNoise.beta_end);
  const int steps = kStableDiffusionNoise.train_steps;
  std::vector<double> alphas;
  double product = 1;
  for (int i = 0; i < steps; ++i) {
    const double root = first + (last - first) * i / (steps - 1);
    alphas.push_back(product *= 1 - root * root);
  }
  return alphas;
}

// Shifts and scales the square roots so that the last is 0 and the first stays.
std::vector<double> rescaled(std::vector<double> alphas) {
  const double first = std::sqrt(alphas.front());
  const double last = std::sqrt(alphas.back());
  for (double& alpha : alphas) {
    const double root = (std::sqrt(alpha) - last) * first / (first - last);
    alpha = root * root;
  }
  return alphas;
}

bool is_close(const std::vector<float>& found, const std::vector<double>& expected) {
  return std::ranges::equal(found, expected, [](float a, double b) { return std::abs(a - b) < kTolerance; });
}

}  // namespace

AlphasCumprod read_alphas_cumprod(const WeightFile& file) {
  const StoredTensor* const tensor = find_tensor(file, "alphas_cumprod");
  if (tensor == nullptr) return AlphasCumprod::absent;
  const auto numbers = numbers_in(*tensor);
  const auto refuse = [&](const std::string& what) {
    throw_bad_data(file.where, "alphas_cumprod: " + what + ". Take another copy of the model");
  };
  const std::vector<double> plain = stable_diffusion_alphas();
  if (!numbers || numbers->size() != plain.size()) {
    refuse("a list of 1000 numbers is expected, it is of " + std::string(name_of(tensor->dtype)) + " and has " +
           std::to_string(packing_of(tensor->dtype).numbers_in(tensor->bytes.size())));
  }
  if (std::ranges::all_of(*numbers, [](float number) { return number == 0; })) return AlphasCumprod::absent;
  const auto rises = std::ranges::adjacent_find(*numbers, [](float a, float b) { return !(b <= a); });
  if (rises != numbers->end() || !(numbers->front() <= 1) || !(numbers->back() >= 0)) {
    refuse("the numbers do not descend from 1 to 0");
  }
  if (numbers->back() < 1e-6F && is_close(*numbers, rescaled(plain))) return AlphasCumprod::zero_snr;
  if (is_close(*numbers, plain)) return AlphasCumprod::stable_diffusion;
  refuse(
      "a noise schedule that is not supported: it is neither Stable Diffusion's nor that one with zero terminal SNR");
  return AlphasCumprod::absent;
}

}  // namespace sfumato

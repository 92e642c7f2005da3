// Samplers against closed forms. For normally distributed data with standard deviation s the best denoiser is D = x s^2
// / (s^2 + sigma^2), and the probability flow takes x at sigma_0 to x sqrt((s^2 + sigma^2) / (s^2 + sigma_0^2)) at
// sigma (Karras et al. 2022, appendix C).
#include "diffusion/sampler.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "diffusion/noise.h"
#include "diffusion/run_sampling.h"

namespace sfumato {
namespace {

constexpr double kDataDeviation = 0.5;

at::Tensor gaussian_denoiser(const at::Tensor& x, double sigma) {
  const double variance = kDataDeviation * kDataDeviation;
  return x * (variance / (variance + sigma * sigma));
}

Noise no_noise() {
  return []() -> at::Tensor { throw std::logic_error("this sampler must not draw noise"); };
}

// From 10 to 0.1 in equal steps of log sigma. In float64, so that rounding does not hide the order.
std::vector<double> log_spaced(int steps) {
  std::vector<double> sigmas;
  for (int i = 0; i <= steps; ++i) sigmas.push_back(10 * std::pow(0.01, static_cast<double>(i) / steps));
  return sigmas;
}

double error_after(SamplingMethod method, int steps) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 10.0, at::kDouble);
  const double exact = 10 * std::sqrt((0.25 + 0.01) / (0.25 + 100));
  const at::Tensor result =
      run_sampling(sample(method, x, log_spaced(steps), 0, no_noise(), PredictionType::epsilon), gaussian_denoiser);
  return std::abs(result.item<double>() - exact);
}

double measured_order(SamplingMethod method) { return std::log2(error_after(method, 128) / error_after(method, 256)); }

TEST(SampleEuler, IsOfFirstOrder) { EXPECT_NEAR(measured_order(SamplingMethod::euler), 1.0, 0.1); }
TEST(SampleEuler, IsDdimToo) {
  EXPECT_DOUBLE_EQ(error_after(SamplingMethod::ddim, 16), error_after(SamplingMethod::euler, 16));
}
TEST(SampleHeun, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::heun), 2.0, 0.1); }
TEST(SampleDpmpp2m, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::dpmpp_2m), 2.0, 0.1); }

// The coefficients of linear multistep are those of equal steps, which sampling in equal steps of sigma has.
TEST(SamplePndm, IsOfSecondOrderOrBetterInEqualSteps) {
  const auto error = [](int steps) {
    std::vector<double> sigmas;
    for (int i = 0; i <= steps; ++i) sigmas.push_back(2 - 1.5 * i / steps);
    const at::Tensor x = at::full({1, 1, 1, 1}, 1.0, at::kDouble);
    const double exact = std::sqrt((0.25 + 0.25) / (0.25 + 4));
    return std::abs(run_sampling(sample_pndm(x, sigmas, PredictionType::epsilon), gaussian_denoiser).item<double>() -
                    exact);
  };
  EXPECT_GT(std::log2(error(64) / error(128)), 1.9);
}

class EverySampler : public ::testing::TestWithParam<SamplingMethod> {};

TEST_P(EverySampler, ReturnsWhatTheDenoiserAlwaysSays) {
  const at::Tensor truth = at::full({1, 2, 3, 3}, 0.7);
  const at::Tensor x = truth + 14.6 * NoiseSource(1, {1, 2, 3, 3}, at::kCPU).draw();
  const std::vector<double> sigmas = {14.6, 4.1, 1.6, 0.7, 0.04, 0};
  const at::Tensor result = run_sampling(sample(GetParam(), x, sigmas, 0, no_noise(), PredictionType::epsilon),
                                         [&](const at::Tensor&, double) { return truth; });
  EXPECT_LT((result - truth).abs().max().item<double>(), 2e-5);
}

TEST_P(EverySampler, GoesToTheEstimateItselfInOneStepToZero) {
  const at::Tensor x = at::full({1, 1, 2, 2}, 5.0);
  const at::Tensor result = run_sampling(sample(GetParam(), x, {14.6, 0}, 0, no_noise(), PredictionType::v_prediction),
                                         [](const at::Tensor& at_x, double) { return at_x * 0.25; });
  EXPECT_LT((result - 1.25).abs().max().item<double>(), 1e-5);
}

TEST_P(EverySampler, LeavesItsArgumentAlone) {
  const at::Tensor x = at::full({1, 1, 2, 2}, 5.0);
  run_sampling(sample(GetParam(), x, {10, 5, 2, 1, 0.5, 0.1, 0}, 0, no_noise(), PredictionType::epsilon),
               gaussian_denoiser);
  EXPECT_TRUE(x.equal(at::full({1, 1, 2, 2}, 5.0)));
}

TEST_P(EverySampler, AsksAsOftenAsItSays) {
  for (const int steps : {1, 2, 5}) {
    std::vector<double> sigmas;
    for (int i = 0; i < steps; ++i) sigmas.push_back(10.0 / (i + 1));
    sigmas.push_back(0);
    int asked = 0;
    run_sampling(sample(GetParam(), at::full({1, 1, 1, 1}, 3.0), sigmas, 0, no_noise(), PredictionType::epsilon),
                 [&](const at::Tensor& x, double) {
                   ++asked;
                   return at::zeros_like(x);
                 });
    EXPECT_EQ(asked, evaluations(GetParam(), steps)) << steps << " steps";
  }
}

INSTANTIATE_TEST_SUITE_P(All, EverySampler,
                         ::testing::Values(SamplingMethod::ddim, SamplingMethod::pndm, SamplingMethod::euler,
                                           SamplingMethod::euler_a, SamplingMethod::heun, SamplingMethod::dpmpp_2m));

// With eta 1 and many steps the noise that is added stands for the noise that was there: the end is distributed as the
// data are.
TEST(SampleEuler, WithFreshNoiseEndsInTheDistributionOfTheData) {
  const std::vector<std::int64_t> shape = {1, 1, 100, 100};
  const auto noise = std::make_shared<NoiseSource>(3, shape, at::kCPU);
  const at::Tensor x = 80.0 * noise->draw();
  std::vector<double> sigmas;
  for (int i = 0; i < 200; ++i) sigmas.push_back(80 * std::pow(0.01 / 80, i / 199.0));
  sigmas.push_back(0);
  const at::Tensor result =
      run_sampling(sample_euler(x, sigmas, 1, [noise] { return noise->draw(); }), gaussian_denoiser);
  EXPECT_NEAR(result.std().item<double>(), kDataDeviation, 0.02);
  EXPECT_NEAR(result.mean().item<double>(), 0, 0.02);
}

// DDIM's eq. 16 by hand: sigma 2 to 1 with eta 0.5 has up = 0.5 * 1 * sqrt(1 - 1/4) and down = sqrt(1 - up^2).
TEST(SampleEuler, SplitsAStepAsDdimsEtaSays) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  const at::Tensor one = at::full({1, 1, 1, 1}, 1.0, at::kDouble);
  const at::Tensor result = run_sampling(sample_euler(x, {2, 1}, 0.5, [&] { return one; }),
                                         [](const at::Tensor& at_x, double) { return at_x / 3; });
  const double up = 0.5 * std::sqrt(0.75);
  EXPECT_NEAR(result.item<double>(), 1 + std::sqrt(1 - up * up) * 1 + up * 1, 1e-12);
}

// With a linear network the two parametrisations extrapolate different quantities, and diffusers extrapolates the
// network's.
TEST(SamplePndm, ExtrapolatesTheNetworksOwnOutput) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  const std::vector<double> sigmas = {4, 2, 1, 0.5};
  const double epsilon =
      run_sampling(sample_pndm(x, sigmas, PredictionType::epsilon), gaussian_denoiser).item<double>();
  const double v = run_sampling(sample_pndm(x, sigmas, PredictionType::v_prediction), gaussian_denoiser).item<double>();
  EXPECT_GT(std::abs(epsilon - v), 1e-3);
}

TEST(Sampling, PassesOnWhatTheSamplerThrows) {
  const auto failing = [](at::Tensor x) -> Sampling {
    const at::Tensor d = co_await denoise(x, 1.0);
    if (d.defined()) throw std::runtime_error("broken");
    co_return x;
  };
  Sampling sampling = failing(at::full({1, 1, 1, 1}, 1.0));
  ASSERT_NE(sampling.pending(), nullptr);
  sampling.answer(at::full({1, 1, 1, 1}, 1.0));
  EXPECT_THROW((void)sampling.pending(), std::runtime_error);
}

}  // namespace
}  // namespace sfumato

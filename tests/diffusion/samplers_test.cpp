// Samplers against closed forms. For normally distributed data with standard deviation s the best denoiser is D = x s^2
// / (s^2 + sigma^2), and the probability flow takes x at sigma_0 to x sqrt((s^2 + sigma^2) / (s^2 + sigma_0^2)) at
// sigma (Karras et al. 2022, appendix C).
#include "diffusion/samplers/samplers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "api/sampler_info.h"
#include "diffusion/noise.h"
#include "diffusion/run_sampling.h"
#include "diffusion/samplers/adams.h"
#include "diffusion/samplers/dpmpp.h"
#include "diffusion/samplers/euler.h"
#include "diffusion/samplers/exponential.h"
#include "diffusion/samplers/heun.h"

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

// Some methods draw noise whatever eta is: here they draw zeros.
Noise little_noise(SamplingMethod method, const at::Tensor& x) {
  if (!info_of(method).fresh_noise && method != SamplingMethod::tcd) return no_noise();
  return [x] { return at::zeros_like(x); };
}

// pndm visits the second level twice.
SigmaTable over(SamplingMethod method, std::vector<double> sigmas) {
  if (method == SamplingMethod::pndm && sigmas.size() > 2) sigmas.insert(sigmas.begin() + 1, double(sigmas[1]));
  std::vector<double> timesteps(sigmas.size() - 1, 0);
  return {.sigmas = std::move(sigmas), .timesteps = std::move(timesteps)};
}

// They end at the lowest level above 0, with its noise.
bool stays_noisy(SamplingMethod method) {
  return method == SamplingMethod::dpm_fast || method == SamplingMethod::dpm_adaptive;
}

double error_after(SamplingMethod method, int steps) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 10.0, at::kDouble);
  const double exact = 10 * std::sqrt((0.25 + 0.01) / (0.25 + 100));
  const at::Tensor result = run_sampling(
      sample(method, x, over(method, log_spaced(steps)), 0, little_noise(method, x), PredictionType::epsilon),
      gaussian_denoiser);
  return std::abs(result.item<double>() - exact);
}

double measured_order(SamplingMethod method) { return std::log2(error_after(method, 128) / error_after(method, 256)); }

TEST(SampleEuler, IsOfFirstOrder) { EXPECT_NEAR(measured_order(SamplingMethod::euler), 1.0, 0.1); }
TEST(SampleEuler, IsDdimToo) {
  EXPECT_NEAR(error_after(SamplingMethod::ddim, 16), error_after(SamplingMethod::euler, 16), 1e-12);
}
TEST(SampleHeun, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::heun), 2.0, 0.1); }
TEST(SampleDpm2, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::dpm2), 2.0, 0.1); }
TEST(SampleDpm2, IsDpm2aWithoutFreshNoise) {
  EXPECT_DOUBLE_EQ(error_after(SamplingMethod::dpm2_a, 16), error_after(SamplingMethod::dpm2, 16));
}
TEST(SampleDpmpp2m, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::dpmpp_2m), 2.0, 0.1); }
TEST(SampleDpmpp2m, IsTheSdeSolverWithoutFreshNoise) {
  EXPECT_DOUBLE_EQ(error_after(SamplingMethod::dpmpp_2m_sde, 16), error_after(SamplingMethod::dpmpp_2m, 16));
}
TEST(SampleDpmpp2s, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::dpmpp_2s_a), 2.0, 0.1); }
TEST(SampleDpmppSde, IsOfSecondOrderWithoutFreshNoise) {
  EXPECT_NEAR(measured_order(SamplingMethod::dpmpp_sde), 2.0, 0.1);
}
// The first step of a multistep method is of lower order than the others.
TEST(SampleLms, IsOfSecondOrderOrBetter) { EXPECT_GT(measured_order(SamplingMethod::lms), 1.9); }
TEST(SampleUnipc, IsOfSecondOrderOrBetter) { EXPECT_GT(measured_order(SamplingMethod::unipc), 1.9); }
TEST(SampleUnipc, IsCloserThanItsPredictorAlone) {
  EXPECT_LT(error_after(SamplingMethod::unipc, 32), error_after(SamplingMethod::dpmpp_2m, 32) / 2);
}

TEST(SampleDpmpp3m, IsOfSecondOrderOrBetterWithoutFreshNoise) {
  EXPECT_GT(measured_order(SamplingMethod::dpmpp_3m_sde), 1.9);
  EXPECT_LT(error_after(SamplingMethod::dpmpp_3m_sde, 32), error_after(SamplingMethod::dpmpp_2m, 32) / 2);
}
TEST(SampleDpmpp2mHeun, IsOfSecondOrderWithoutFreshNoise) {
  EXPECT_NEAR(measured_order(SamplingMethod::dpmpp_2m_sde_heun), 2.0, 0.1);
}
TEST(SampleEulerCfgPp, IsEulerWhereGuidanceDoesNothing) {
  EXPECT_NEAR(error_after(SamplingMethod::euler_cfg_pp, 16), error_after(SamplingMethod::euler, 16), 1e-12);
}
TEST(SampleDeis, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::deis), 2.0, 0.1); }
TEST(SampleIpndmV, IsOfSecondOrderOrBetter) { EXPECT_GT(measured_order(SamplingMethod::ipndm_v), 1.9); }
TEST(SampleResMultistep, IsOfSecondOrder) { EXPECT_NEAR(measured_order(SamplingMethod::res_multistep), 2.0, 0.1); }
TEST(SampleSaSolver, IsOfSecondOrderWithoutFreshNoise) { EXPECT_GT(measured_order(SamplingMethod::sa_solver), 1.9); }
TEST(SampleRestart, IsOfSecondOrderWhereItDoesNotRestart) {
  EXPECT_NEAR(std::log2(error_after(SamplingMethod::restart, 9) / error_after(SamplingMethod::restart, 18)), 2.0, 0.3);
}
TEST(SampleTcd, IsEulerWithoutFreshNoise) {
  EXPECT_NEAR(error_after(SamplingMethod::tcd, 16), error_after(SamplingMethod::euler, 16), 1e-12);
}

TEST(SampleGradientEstimation, ExtrapolatesTheSlope) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  std::vector<double> slopes = {1.5, 1.0, 0.5};
  const at::Tensor result =
      run_sampling(sample_gradient_estimation(x, {2, 1, 0.5}), [&](const at::Tensor& at_x, double sigma) {
        const double d = slopes.front();
        slopes.erase(slopes.begin());
        return at_x - sigma * d;
      });
  EXPECT_NEAR(result.item<double>(), 3 - 1.5 - 0.5 * (2 * 1.0 - 1.5), 1e-12) << "the slope counts twice, less the last";
}

// What a step puts back is the noise of the unguided estimate, on the guided one.
TEST(SampleEulerCfgPp, RenoisesWithTheUnconditionalEstimate) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  SamplerCoroutine sampling = sample_euler_cfg_pp(x, {2, 1}, 0, no_noise());
  sampling.answer(Estimate{.denoised = x * 0 + 0.4, .unconditional = x * 0 + 0.2});
  EXPECT_NEAR(sampling.result().item<double>(), 0.4 + 1 * (3 - 0.2) / 2, 1e-12);
}

// Slopes that are a polynomial of sigma, in equal steps: the last step of Adams and Bashforth's method is exact.
void expect_exact_last_step(SamplingMethod method, const std::vector<double>& sigmas, int degree) {
  std::vector<double> found;  // x at each level
  const at::Tensor x = at::full({1, 1, 1, 1}, 0.0, at::kDouble);
  const at::Tensor result =
      run_sampling(sample(method, x, over(method, sigmas), 0, no_noise(), PredictionType::epsilon),
                   [&](const at::Tensor& at_x, double sigma) {
                     found.push_back(at_x.item<double>());
                     return at_x - sigma * std::pow(sigma, degree);
                   });
  const auto integral = [degree](double sigma) { return std::pow(sigma, degree + 1) / (degree + 1); };
  const double from = sigmas[sigmas.size() - 2], to = sigmas.back();
  EXPECT_NEAR(result.item<double>() - found.back(), integral(to) - integral(from), 1e-9) << name_of(method);
}

TEST(SampleIpndm, IsAdamsAndBashforthsInEqualSteps) {
  expect_exact_last_step(SamplingMethod::ipndm, {10, 9, 8, 7, 6}, 3);
  expect_exact_last_step(SamplingMethod::ipndm_v, {10, 9, 8, 7}, 2);
}
TEST(SampleIpndmV, HasWeightsForTheLengthsOfTwoSteps) {
  expect_exact_last_step(SamplingMethod::ipndm_v, {10, 9, 6}, 1);
}

// Heun++ weighs each slope by its level's share of the first.
TEST(SampleHeunpp2, WeighsSlopesByTheirLevels) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 0.0, at::kDouble);
  const at::Tensor result = run_sampling(sample_heunpp2(x, {4, 2, 1, 0}, {}, no_noise()),
                                         [](const at::Tensor& at_x, double sigma) { return at_x - sigma * sigma; });
  // slopes are sigma itself: 4 to 2 with weights 3/4, 1/6, 1/12; 2 to 1 with 7/8 and 1/8; 1 to 0 with 1
  EXPECT_NEAR(result.item<double>(), -2 * (3.0 + 2.0 / 6 + 1.0 / 12) - (2 * 7.0 / 8 + 1.0 / 8) - 1, 1e-12);
}

TEST(SampleErSde, EndsWithoutNoiseInTheEstimate) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  int draws = 0;
  const auto noise = [&] {
    ++draws;
    return x * 0;
  };
  run_sampling(sample_er_sde(x, {4, 2, 1, 0}, noise), gaussian_denoiser);
  EXPECT_EQ(draws, 2) << "of three steps the last has none";
}

// The coefficients of linear multistep are those of equal steps, which sampling in equal steps of sigma has.
TEST(SamplePndm, IsOfSecondOrderOrBetterInEqualSteps) {
  const auto error = [](int steps) {
    std::vector<double> sigmas;
    for (int i = 0; i <= steps; ++i) sigmas.push_back(2 - 1.5 * i / steps);
    const at::Tensor x = at::full({1, 1, 1, 1}, 1.0, at::kDouble);
    const double exact = std::sqrt((0.25 + 0.25) / (0.25 + 4));
    return std::abs(run_sampling(sample(SamplingMethod::pndm, x, over(SamplingMethod::pndm, sigmas), 0, no_noise(),
                                        PredictionType::epsilon),
                                 gaussian_denoiser)
                        .item<double>() -
                    exact);
  };
  EXPECT_GT(std::log2(error(64) / error(128)), 1.9);
}

class EverySampler : public ::testing::TestWithParam<SamplingMethod> {};

TEST_P(EverySampler, ReturnsWhatTheDenoiserAlwaysSays) {
  if (stays_noisy(GetParam())) GTEST_SKIP() << "it ends with the noise of the lowest level";
  const at::Tensor truth = at::full({1, 2, 3, 3}, 0.7);
  const at::Tensor x = truth + 14.6 * NoiseSource(1, {1, 2, 3, 3}, at::kCPU).draw();
  const std::vector<double> sigmas = {14.6, 4.1, 1.6, 0.7, 0.04, 0};
  const at::Tensor result = run_sampling(
      sample(GetParam(), x, over(GetParam(), sigmas), 0, little_noise(GetParam(), x), PredictionType::epsilon),
      [&](const at::Tensor&, double) { return truth; });
  EXPECT_LT((result - truth).abs().max().item<double>(), 2e-5);
}

TEST_P(EverySampler, GoesToTheEstimateItselfInOneStepToZero) {
  const at::Tensor x = at::full({1, 1, 2, 2}, 5.0);
  const at::Tensor result = run_sampling(
      sample(GetParam(), x, over(GetParam(), {14.6, 0}), 0, little_noise(GetParam(), x), PredictionType::v_prediction),
      [](const at::Tensor& at_x, double) { return at_x * 0.25; });
  EXPECT_LT((result - 1.25).abs().max().item<double>(), 1e-5);
}

TEST_P(EverySampler, LeavesItsArgumentAlone) {
  const at::Tensor x = at::full({1, 1, 2, 2}, 5.0);
  run_sampling(sample(GetParam(), x, over(GetParam(), {10, 5, 2, 1, 0.5, 0.1, 0}), 0, little_noise(GetParam(), x),
                      PredictionType::epsilon),
               gaussian_denoiser);
  EXPECT_TRUE(x.equal(at::full({1, 1, 2, 2}, 5.0)));
}

TEST_P(EverySampler, AsksAsOftenAsItSays) {
  if (GetParam() == SamplingMethod::dpm_adaptive) GTEST_SKIP() << "its error decides";
  for (const int steps : {1, 2, 5}) {
    std::vector<double> sigmas;
    for (int i = 0; i < steps; ++i) sigmas.push_back(10.0 / (i + 1));
    sigmas.push_back(0);
    const at::Tensor x = at::full({1, 1, 1, 1}, 3.0);
    int asked = 0;
    run_sampling(
        sample(GetParam(), x, over(GetParam(), sigmas), 0, little_noise(GetParam(), x), PredictionType::epsilon),
        [&](const at::Tensor& at_x, double) {
          ++asked;
          return at::zeros_like(at_x);
        });
    EXPECT_EQ(asked, evaluations(GetParam(), steps)) << steps << " steps";
  }
}

std::string name_in_test(const ::testing::TestParamInfo<SamplingMethod>& info) {
  std::string name;
  for (const char letter : name_of(info.param)) name += letter == '+' ? 'p' : letter;
  return name;
}

std::vector<SamplingMethod> all_methods() {
  std::vector<SamplingMethod> methods;
  for (const auto& entry : names<SamplingMethod>()) methods.push_back(entry.value);
  return methods;
}

INSTANTIATE_TEST_SUITE_P(All, EverySampler, ::testing::ValuesIn(all_methods()), name_in_test);

// With eta 1 and many steps the noise that is added stands for the noise that was there: the end is distributed as the
// data are.
class StochasticSampler : public ::testing::TestWithParam<SamplingMethod> {};

TEST_P(StochasticSampler, EndsInTheDistributionOfTheData) {
  const std::vector<std::int64_t> shape = {1, 1, 100, 100};
  const auto noise = std::make_shared<NoiseSource>(3, shape, at::kCPU);
  const at::Tensor x = 80.0 * noise->draw();
  std::vector<double> sigmas;
  for (int i = 0; i < 200; ++i) sigmas.push_back(80 * std::pow(0.01 / 80, i / 199.0));
  sigmas.push_back(0);
  const at::Tensor result = run_sampling(
      sample(
          GetParam(), x, over(GetParam(), sigmas), 1, [noise] { return noise->draw(); }, PredictionType::epsilon),
      gaussian_denoiser);
  EXPECT_NEAR(result.std().item<double>(), kDataDeviation, 0.02);
  EXPECT_NEAR(result.mean().item<double>(), 0, 0.02);
  if (GetParam() == SamplingMethod::er_sde || GetParam() == SamplingMethod::restart) return;  // little fresh noise
  EXPECT_LT(((result * x).mean() / (result.std() * x.std())).abs().item<double>(), 0.05) << "the start is forgotten";
}

INSTANTIATE_TEST_SUITE_P(All, StochasticSampler,
                         ::testing::Values(SamplingMethod::ddim, SamplingMethod::ddpm, SamplingMethod::euler_a,
                                           SamplingMethod::dpm2_a, SamplingMethod::dpmpp_2s_a,
                                           SamplingMethod::dpmpp_2m_sde, SamplingMethod::dpmpp_sde,
                                           SamplingMethod::dpmpp_2m_sde_heun, SamplingMethod::dpmpp_3m_sde,
                                           SamplingMethod::euler_a_cfg_pp, SamplingMethod::er_sde,
                                           SamplingMethod::restart, SamplingMethod::dpm_fast,
                                           SamplingMethod::dpm_adaptive),
                         name_in_test);

// Both halves of a step draw from one path: the noise of the whole step has variance 1 and is not independent of the
// half's. With D = 0 everything but the noise can be taken away.
TEST(SampleDpmppSde, DrawsBothHalvesOfAStepFromOnePath) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 0.0, at::kDouble);
  std::vector<double> draws = {1, 0};
  const auto noise = [&draws]() mutable {
    const double value = draws.front();
    draws.erase(draws.begin());
    return at::full({1, 1, 1, 1}, value, at::kDouble);
  };
  const at::Tensor result =
      run_sampling(sample_dpmpp_sde(x, {4, 1}, 1, noise), [](const at::Tensor& at_x, double) { return at_x * 0; });
  const double up = std::sqrt(1 - 1.0 / 16);  // from 4 to 1 by way of 2: the first half is 2 of 3 of the variance
  EXPECT_NEAR(result.item<double>(), up * std::sqrt(2.0 / 3), 1e-12);
}

TEST(SampleLcm, PutsFreshNoiseOnEachEstimate) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 9.0, at::kDouble);
  const at::Tensor half = at::full({1, 1, 1, 1}, 0.5, at::kDouble);
  const at::Tensor result = run_sampling(sample_lcm(x, {3, 2, 0}, [&] { return half; }),
                                         [](const at::Tensor& at_x, double sigma) { return at_x / sigma; });
  EXPECT_NEAR(result.item<double>(), (9.0 / 3 + 2 * 0.5) / 2, 1e-12);
}

// DDIM's eq. 16 by hand: sigma 2 to 1 with eta 0.5 has up = 0.5 * 1 * sqrt(1 - 1/4) and down = sqrt(1 - up^2).
TEST(SampleDdim, SplitsAStepAsItsEtaSays) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  const at::Tensor one = at::full({1, 1, 1, 1}, 1.0, at::kDouble);
  const at::Tensor result = run_sampling(sample_ddim(x, {2, 1}, {{.from = 2, .to = 1}}, 0.5, [&] { return one; }),
                                         [](const at::Tensor& at_x, double) { return at_x / 3; });
  const double up = 0.5 * std::sqrt(0.75);
  EXPECT_NEAR(result.item<double>(), 1 + std::sqrt(1 - up * up) * 1 + up * 1, 1e-12);
}

// x_t = x / sqrt(1 + sigma^2) is what the step leaves: target_sigma at 1.5, it is scaled to be x_t at 1.
TEST(SampleDdim, TakesWhereItLandedForTheNextLevel) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  const at::Tensor result = run_sampling(sample_ddim(x, {2, 1}, {{.from = 2, .to = 1.5}}, 0, no_noise()),
                                         [](const at::Tensor& at_x, double) { return at_x / 3; });
  EXPECT_NEAR(result.item<double>(), (1 + 1.5 * 1) * std::sqrt((1 + 1) / (1 + 2.25)), 1e-12);
}

// With a linear network the two parametrisations extrapolate different quantities, and diffusers extrapolates the
// network's.
TEST(SamplePndm, ExtrapolatesTheNetworksOwnOutput) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  const std::vector<double> sigmas = {4, 2, 1, 0.5};
  const double epsilon = run_sampling(sample(SamplingMethod::pndm, x, over(SamplingMethod::pndm, sigmas), 0, no_noise(),
                                             PredictionType::epsilon),
                                      gaussian_denoiser)
                             .item<double>();
  const double v = run_sampling(sample(SamplingMethod::pndm, x, over(SamplingMethod::pndm, sigmas), 0, no_noise(),
                                       PredictionType::v_prediction),
                                gaussian_denoiser)
                       .item<double>();
  EXPECT_GT(std::abs(epsilon - v), 1e-3);
}

// diffusers' pipelines leave out the first of the levels that its scheduler goes through, and the second is there
// twice: begun in the middle, its second step ends a level higher than the third begins.
TEST(SamplePndm, TakesTheSecondStepsEndForTheThirdsStartInTheMiddle) {
  const at::Tensor x = at::full({1, 1, 1, 1}, 3.0, at::kDouble);
  std::vector<std::pair<double, double>> asked;  // sigma, x_t
  run_sampling(sample(SamplingMethod::pndm, x, {.sigmas = {4, 2, 1, 0}, .timesteps = {}}, 0, no_noise(),
                      PredictionType::epsilon),
               [&](const at::Tensor& at_x, double sigma) {
                 asked.emplace_back(sigma, at_x.item<double>() / std::sqrt(1 + sigma * sigma));
                 return at_x - sigma * 0.5;  // the noise is 0.5 everywhere
               });
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_NEAR(asked[1].second, (3 - 2 * 0.5) / std::sqrt(5), 1e-12);
  EXPECT_EQ(asked[2].first, 1);
  EXPECT_NEAR(asked[2].second, asked[1].second, 1e-12);
}

TEST(SamplerCoroutine, PassesOnWhatTheSamplerThrows) {
  const auto failing = [](at::Tensor x) -> SamplerCoroutine {
    const at::Tensor d = co_await denoise(x, 1.0);
    if (d.defined()) throw std::runtime_error("broken");
    co_return x;
  };
  SamplerCoroutine sampling = failing(at::full({1, 1, 1, 1}, 1.0));
  ASSERT_NE(sampling.pending(), nullptr);
  sampling.answer(at::full({1, 1, 1, 1}, 1.0));
  EXPECT_THROW((void)sampling.pending(), std::runtime_error);
}

}  // namespace
}  // namespace sfumato

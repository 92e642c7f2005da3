// The literals are those of the formulas of k-diffusion, AUTOMATIC1111 and ComfyUI in numpy, in float64, for Stable
// Diffusion's noise and four steps; beta's quantiles are scipy 1.17's. karras, exponential and the discrete timesteps
// are in sigmas_test.cpp.
#include "diffusion/schedules.h"

#include <gtest/gtest.h>

#include <cmath>

#include "diffusion/beta_distribution.h"
#include "diffusion/sigmas.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

const NoiseSchedule& schedule() {
  static const NoiseSchedule result({.train_steps = 1000,
                                     .beta_schedule = BetaSchedule::scaled_linear,
                                     .beta_start = 0.00085,
                                     .beta_end = 0.012,
                                     .timestep_spacing = TimestepSpacing::linspace});
  return result;
}

void expect_levels(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-6 * expected[i]) << "at " << i;
}

Levels levels(Scheduler scheduler, int steps = 4, std::optional<double> rho = {}, AysLevels ays = AysLevels::sd1) {
  return levels_of(scheduler, {.schedule = schedule(),
                               .config = schedule().config(),
                               .sampler = info_of(SamplingMethod::euler),
                               .steps = steps,
                               .rho = rho,
                               .ays = ays});
}

TEST(BetaDistribution, HasScipysQuantiles) {
  EXPECT_NEAR(beta_quantile(0.01, 0.6), 0.000861238821542906, 1e-15);
  EXPECT_NEAR(beta_quantile(0.25, 0.6), 0.175680378652695, 1e-12);
  EXPECT_NEAR(beta_quantile(0.5, 0.6), 0.5, 1e-12);
  EXPECT_NEAR(beta_quantile(0.999, 0.6), 0.999981441261483, 1e-12);
  EXPECT_EQ(beta_quantile(0, 0.6), 0);
  EXPECT_EQ(beta_quantile(1, 0.6), 1);
}

TEST(Schedules, AreThoseOfOtherPrograms) {
  expect_levels(levels(Scheduler::simple).sigmas, {14.61465, 4.081731, 1.612887, 0.6932054});
  expect_levels(levels(Scheduler::normal).sigmas, {14.61465, 2.918308, 0.9323583, 0.02916753});
  expect_levels(levels(Scheduler::sgm_uniform).sigmas, {14.61465, 4.086083, 1.615581, 0.69515});
  expect_levels(levels(Scheduler::ddim_uniform).sigmas, {4.116698, 1.623693, 0.6983986, 0.04131448});
  expect_levels(levels(Scheduler::beta).sigmas, {14.61465, 10.59761, 4.046202, 0.02916753});
  expect_levels(levels(Scheduler::beta_timesteps).sigmas, {14.61465, 5.686594, 1.61828, 0.515391});
  expect_levels(levels(Scheduler::kl_optimal).sigmas, {14.61465, 1.597067, 0.5729146, 0.02916753});
  expect_levels(levels(Scheduler::linear_quadratic).sigmas, {14.61465, 14.43196, 14.24928, 10.59562});
  expect_levels(levels(Scheduler::linear_quadratic, 5).sigmas, {14.61465, 14.43196, 14.24928, 12.54424, 7.794478});
  expect_levels(levels(Scheduler::turbo).sigmas, {14.61465, 4.081731, 1.612887, 0.6932054});
}

// The first two are those of diffusers' EDMEulerScheduler, the others of ComfyUI's ModelSamplingContinuousEDM.
TEST(Schedules, OfEdmNoiseSpanItsWholeRange) {
  static const NoiseSchedule edm({.edm = EdmNoise{.sigma_data = 1, .sigma_min = 0.002, .sigma_max = 120}});
  for (const SamplingMethod method : {SamplingMethod::euler, SamplingMethod::dpmpp_2m}) {
    const auto at = [&](Scheduler scheduler) {
      return levels_of(scheduler, {.schedule = edm, .config = edm.config(), .sampler = info_of(method), .steps = 4});
    };
    expect_levels(at(Scheduler::karras).sigmas, {120, 14.0246944, 0.62434715, 0.002});
    expect_levels(at(Scheduler::exponential).sigmas, {120, 3.06523773, 0.0782973528, 0.002});
    expect_levels(at(Scheduler::normal).sigmas, {120, 3.06523773, 0.0782973528, 0.002});
    expect_levels(at(Scheduler::sgm_uniform).sigmas, {120, 7.66731725, 0.489897949, 0.0313016916});
    const Levels karras = at(Scheduler::karras);
    EXPECT_NEAR(karras.timesteps[0], 1.196872936, 1e-8) << "log(120) / 4";
    EXPECT_NEAR(karras.timesteps[3], -1.553652025, 1e-8);
  }
  const SigmaTable table =
      sigma_table(edm, {.steps = 4, .sampling_method = SamplingMethod::euler, .scheduler = Scheduler::exponential});
  EXPECT_NEAR(table.initial_scale, 120.0041666, 1e-6) << "sqrt(120^2 + 1), as in diffusers";
  EXPECT_EQ(table.sigmas.back(), 0);
}

TEST(Schedules, OfAysAreThePublishedOnesAndLogLinearBetween) {
  expect_levels(levels(Scheduler::ays, 10).sigmas,
                {14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152});
  expect_levels(levels(Scheduler::ays).sigmas, {14.615, 3.226936, 1.396, 0.5100471});
  expect_levels(levels(Scheduler::ays, 4, {}, AysLevels::sdxl).sigmas, {14.615, 2.867848, 0.862, 0.2981946});
}

TEST(Schedules, TakeARhoOfTheirOwn) {
  expect_levels(levels(Scheduler::polyexponential, 4, 2).sigmas, {14.61465, 0.4622216, 0.05819522, 0.02916753});
  expect_levels(levels(Scheduler::polyexponential).sigmas, levels(Scheduler::exponential).sigmas);
  expect_levels(levels(Scheduler::karras, 4, 7).sigmas, levels(Scheduler::karras).sigmas);
  EXPECT_GT(levels(Scheduler::karras, 4, 3).sigmas[1], levels(Scheduler::karras).sigmas[1]);
}

TEST(Schedules, GiveTheNetworksTimesteps) {
  expect_levels(levels(Scheduler::turbo).timesteps, {999, 749, 499, 249});
  expect_levels(levels(Scheduler::simple).timesteps, {999, 749, 499, 249});
  expect_levels(levels(Scheduler::beta_timesteps).timesteps, {999, 823, 500, 176});
  const double found = levels(Scheduler::ays, 10).timesteps[5];
  EXPECT_NEAR(schedule().sigma(found), 1.396, 1e-4);
}

// As in ComfyUI: the stride is rounded down, so there are more levels; what rounds to one timestep is one level.
TEST(Schedules, MayHaveOtherNumbersOfLevelsThanSteps) {
  expect_levels(levels(Scheduler::ddim_uniform, 3).sigmas, {2.92955, 0.9355102, 0.04131448});
  EXPECT_EQ(levels(Scheduler::ddim_uniform, 30).sigmas.size(), 31U);
  EXPECT_LT(levels(Scheduler::beta_timesteps, 200).sigmas.size(), 200U);
}

TEST(Schedules, HaveOneLevelForOneStep) {
  for (const auto& [scheduler, name] : names<Scheduler>()) {
    if (scheduler == Scheduler::ddim_uniform) continue;  // its only timestep is the second, sigma 0.04
    const SigmaTable table =
        sigma_table(schedule(), {.steps = 1, .sampling_method = SamplingMethod::heun, .scheduler = scheduler});
    ASSERT_EQ(table.sigmas.size(), 2U) << name;
    EXPECT_TRUE(std::isfinite(table.sigmas[0]) && std::isfinite(table.timesteps[0])) << name;
  }
}

TEST(SigmaTable, LeavesOutThePenultimateLevel) {
  const GenerateOptions plain{.steps = 5, .sampling_method = SamplingMethod::dpm2, .scheduler = Scheduler::karras};
  GenerateOptions discarding = plain;
  discarding.steps = 4;
  discarding.discard_penultimate = true;
  const SigmaTable five = sigma_table(schedule(), plain), four = sigma_table(schedule(), discarding);
  expect_levels(four.timesteps, {five.timesteps.begin(), five.timesteps.end() - 1});
  EXPECT_EQ(four.sigmas.back(), 0);
  EXPECT_EQ(four.sigmas[3], five.sigmas[3]);
}

TEST(SigmaTable, TakesExplicitTimesteps) {
  const SigmaTable table = sigma_table(schedule(), {.steps = 3,
                                                    .sampling_method = SamplingMethod::pndm,
                                                    .scheduler = Scheduler::discrete,
                                                    .timesteps = {999, 499, 24.5}});
  expect_levels(table.timesteps, {999, 499, 499, 24.5});
  EXPECT_NEAR(table.sigmas[1], 1.612887, 1e-5);
  EXPECT_TRUE(table.targets.empty()) << "each step leads to the next level";
  EXPECT_THROW((void)sigma_table(schedule(), {.steps = 1, .scheduler = Scheduler::discrete, .timesteps = {1000}}),
               Error);
}

TEST(SigmaTable, RemembersTheWholeOfWhatIsCut) {
  const SigmaTable table =
      from_step(sigma_table(schedule(),
                            {.steps = 6, .sampling_method = SamplingMethod::dpmpp_sde, .scheduler = Scheduler::karras}),
                4);
  EXPECT_EQ(table.sigmas.size(), 3U);
  EXPECT_NEAR(table.whole.highest, 14.61465, 1e-4);
  EXPECT_NEAR(table.whole.lowest, 0.02916753, 1e-7);
  EXPECT_EQ(table.whole.steps, 6);
}

}  // namespace
}  // namespace sfumato

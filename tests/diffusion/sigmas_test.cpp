// The literal tables are what diffusers 0.42.1's schedulers print for four steps of a 1000-step linear schedule from
// 0.0001 to 0.02 with steps_offset 1.
#include "diffusion/sigmas.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sfumato/error.h"

namespace sfumato {
namespace {

NoiseScheduleConfig config(std::optional<TimestepSpacing> spacing) {
  return {.train_steps = 1000,
          .beta_schedule = BetaSchedule::linear,
          .beta_start = 0.0001,
          .beta_end = 0.02,
          .prediction_type = PredictionType::v_prediction,
          .timestep_spacing = spacing,
          .steps_offset = 1,
          .set_alpha_to_one = false};
}

void expect_close(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected[i], 1e-5 * (std::abs(expected[i]) + 1)) << "at " << i;
}

SigmaTable table_of(const NoiseSchedule& schedule, SamplingMethod method, Scheduler scheduler, int steps) {
  return sigma_table(schedule, {.steps = steps, .sampling_method = method, .scheduler = scheduler});
}

struct Case {
  TimestepSpacing spacing;
  SamplingMethod method;
  Scheduler scheduler;
  std::vector<double> timesteps;
  std::vector<double> sigmas;
  double initial_scale;
};

class Tables : public ::testing::TestWithParam<Case> {};

TEST_P(Tables, AreDiffusers) {
  const SigmaTable table =
      table_of(NoiseSchedule(config(GetParam().spacing)), GetParam().method, GetParam().scheduler, 4);
  expect_close(table.timesteps, GetParam().timesteps);
  expect_close(table.sigmas, GetParam().sigmas);
  EXPECT_NEAR(table.initial_scale, GetParam().initial_scale, 1e-4 * GetParam().initial_scale);
}

constexpr auto kLeading = TimestepSpacing::leading;
constexpr auto kTrailing = TimestepSpacing::trailing;
constexpr auto kLinspace = TimestepSpacing::linspace;
constexpr auto kDiscrete = Scheduler::discrete;
constexpr auto kKarras = Scheduler::karras;

INSTANTIATE_TEST_SUITE_P(FourSteps, Tables,
                         ::testing::Values(Case{kLeading,
                                                SamplingMethod::euler,
                                                kDiscrete,
                                                {751, 501, 251, 1},
                                                {17.51139, 3.461923, 0.9631509, 0.01483204, 0},
                                                17.53992},
                                           Case{kLeading,
                                                SamplingMethod::heun,
                                                kKarras,
                                                {751, 492.4558, 107.5746, 1},
                                                {17.51139, 3.303927, 0.3684257, 0.01483204, 0},
                                                17.53992},
                                           Case{kLeading,
                                                SamplingMethod::dpmpp_2m,
                                                kDiscrete,
                                                {801, 601, 401, 201},
                                                {25.94543, 6.212093, 2.05138, 0.7279167, 0},
                                                25.96469},
                                           Case{kLeading,
                                                SamplingMethod::dpmpp_2m,
                                                kKarras,
                                                {999, 775, 301, 0},
                                                {157.4073, 21.1056, 1.24636, 0.01000133, 0},
                                                157.4105},
                                           Case{kLeading,
                                                SamplingMethod::ddim,
                                                kDiscrete,
                                                {751, 501, 251, 1},
                                                {17.51139, 3.461923, 0.9631509, 0.01483204, 0.01000133},
                                                17.53992},
                                           Case{kTrailing,
                                                SamplingMethod::euler,
                                                kDiscrete,
                                                {999, 749, 499, 249},
                                                {157.4073, 17.24698, 3.424137, 0.9529356, 0},
                                                157.4073},
                                           Case{kTrailing,
                                                SamplingMethod::heun,
                                                kKarras,
                                                {999, 857.7492, 642.7406, 249},
                                                {157.4073, 41.77594, 8.119226, 0.9529356, 0},
                                                157.4073},
                                           Case{kTrailing,
                                                SamplingMethod::dpmpp_2m,
                                                kDiscrete,
                                                {999, 749, 499, 249},
                                                {157.4073, 17.24698, 3.424137, 0.9529356, 0},
                                                157.4105},
                                           Case{kTrailing,
                                                SamplingMethod::pndm,
                                                kDiscrete,
                                                {999, 749, 749, 499, 249},
                                                {157.4073, 17.24698, 17.24698, 3.424137, 0.9529356, 0.01000133},
                                                157.4105},
                                           Case{kLinspace,
                                                SamplingMethod::euler_a,
                                                kDiscrete,
                                                {999, 666, 333, 0},
                                                {157.4073, 9.488921, 1.462357, 0.01000133, 0},
                                                157.4073},
                                           Case{kLinspace,
                                                SamplingMethod::dpmpp_2m,
                                                kDiscrete,
                                                {999, 749, 500, 250},
                                                {157.4073, 17.24698, 3.442967, 0.9580338, 0},
                                                157.4105},
                                           Case{kLinspace,
                                                SamplingMethod::pndm,
                                                kDiscrete,
                                                {999, 666, 666, 333, 0},
                                                {157.4073, 9.488921, 9.488921, 1.462357, 0.01000133, 0.01000133},
                                                157.4105}));

TEST(NoiseSchedule, HasStableDiffusionsSigmas) {
  NoiseScheduleConfig scaled = config(kLeading);
  scaled.beta_schedule = BetaSchedule::scaled_linear;
  scaled.beta_start = 0.00085;
  scaled.beta_end = 0.012;
  const NoiseSchedule schedule(scaled);
  EXPECT_NEAR(schedule.sigma(751), 4.116698, 1e-5);
  EXPECT_NEAR(schedule.sigma(501), 1.623693, 1e-5);
  EXPECT_NEAR(schedule.sigma(1), 0.04131448, 1e-7);
}

TEST(NoiseSchedule, FindsTheTimestepOfASigma) {
  const NoiseSchedule schedule(config(kLeading));
  for (const double t : {0.0, 1.0, 137.0, 998.0, 999.0}) EXPECT_NEAR(schedule.timestep(schedule.sigma(t)), t, 1e-4);
  EXPECT_EQ(schedule.timestep(0), 0);
  EXPECT_EQ(schedule.timestep(1e9), 999);
}

TEST(SigmaTable, TellsItsOwnTimestepAtItsOwnSigmas) {
  const NoiseSchedule schedule(config(kLeading));
  const SigmaTable table = table_of(schedule, SamplingMethod::dpmpp_2m, kKarras, 4);
  EXPECT_EQ(timestep_at(table, schedule, {.x = {}, .sigma = table.sigmas[1]}), 775);  // rounded, as diffusers does here
  EXPECT_NEAR(timestep_at(table, schedule, {.x = {}, .sigma = 21.0}), 774.495, 1e-3);
  const DenoiseRequest stage{.x = {}, .sigma = table.sigmas[1], .between = true};
  EXPECT_EQ(timestep_at(table, schedule, stage), schedule.timestep(table.sigmas[1])) << "a stage has its own timestep";
}

// A1111's sgm_uniform: 999 to 0 in five, the last left out; sigma log-linear between timesteps.
TEST(SigmaTable, GoesUniformlyFromTheLastTimestepInSgmUniform) {
  const NoiseSchedule schedule(config(kLeading));
  const SigmaTable table = table_of(schedule, SamplingMethod::euler, Scheduler::sgm_uniform, 5);
  expect_close(table.timesteps, {999, 799.2, 599.4, 399.6, 199.8});
  const double low = schedule.sigma(799), high = schedule.sigma(800);
  EXPECT_NEAR(table.sigmas[1], low * std::pow(high / low, 0.2), 1e-9);
  EXPECT_EQ(table.sigmas.front(), schedule.sigma_max());
  EXPECT_EQ(table.sigmas.back(), 0);
}

TEST(SigmaTable, TakesTheSpacingThatIsAskedForBeforeTheModels) {
  const NoiseSchedule schedule(config(kLeading));
  const SigmaTable table = sigma_table(
      schedule,
      {.steps = 4, .sampling_method = SamplingMethod::euler, .scheduler = kDiscrete, .timestep_spacing = kTrailing});
  expect_close(table.timesteps, {999, 749, 499, 249});
}

// diffusers 0.42.1: set_timesteps(4) of each class made with from_config() of Stable Diffusion 1.5's published
// scheduler_config.json, which states no timestep_spacing.
TEST(SigmaTable, HasEachSamplersOwnSpacingWhereTheModelStatesNone) {
  const NoiseSchedule schedule({.train_steps = 1000,
                                .beta_schedule = BetaSchedule::scaled_linear,
                                .beta_start = 0.00085,
                                .beta_end = 0.012,
                                .steps_offset = 1});
  const auto timesteps = [&](SamplingMethod method) { return table_of(schedule, method, kDiscrete, 4).timesteps; };
  using enum SamplingMethod;
  for (const SamplingMethod method : {ddim, ddpm}) expect_close(timesteps(method), {751, 501, 251, 1});
  expect_close(timesteps(pndm), {751, 501, 501, 251, 1});
  for (const SamplingMethod method : {euler, euler_a, heun, lms, dpm2, dpm2_a, dpmpp_2s_a, dpmpp_sde}) {
    expect_close(timesteps(method), {999, 666, 333, 0});
  }
  for (const SamplingMethod method : {dpmpp_2m, dpmpp_2m_sde, unipc})
    expect_close(timesteps(method), {999, 749, 500, 250});
  expect_close(timesteps(lcm), {999, 759, 499, 259});
  EXPECT_NEAR(table_of(schedule, euler, kDiscrete, 4).initial_scale, 14.61465, 1e-4);
}

TEST(SigmaTable, IsWhatTheUserGives) {
  const NoiseSchedule schedule(config(kLeading));
  for (const std::vector<double>& sigmas : {std::vector<double>{20, 4, 1}, std::vector<double>{20, 4, 1, 0}}) {
    const SigmaTable table = sigma_table(
        schedule, {.steps = 3, .sampling_method = SamplingMethod::dpmpp_2m, .scheduler = kDiscrete, .sigmas = sigmas});
    EXPECT_EQ(table.sigmas, (std::vector<double>{20, 4, 1, 0}));
    EXPECT_EQ(table.timesteps,
              (std::vector<double>{schedule.timestep(20), schedule.timestep(4), schedule.timestep(1)}));
  }
}

TEST(SigmaTable, GoesOnFromAnyStep) {
  const NoiseSchedule schedule(config(kLinspace));
  for (const auto& method : names<SamplingMethod>()) {
    const SigmaTable whole = table_of(schedule, method.value, kDiscrete, 5);
    const SigmaTable rest = from_step(whole, 2);
    EXPECT_EQ(rest.sigmas, std::vector<double>(whole.sigmas.begin() + 2, whole.sigmas.end())) << method.name;
    EXPECT_EQ(rest.timesteps, std::vector<double>(whole.timesteps.begin() + 2, whole.timesteps.end())) << method.name;
    EXPECT_EQ(rest.initial_scale, whole.sigmas[2]) << method.name;
    EXPECT_EQ(rest.targets.size(), whole.targets.empty() ? 0U : rest.timesteps.size()) << method.name;
  }
}

// linspace: 999, 749, 500, 250, 0 are 249 or 250 apart, the stride is 1000 / 5 = 200.
TEST(SigmaTable, StridesPastItsOwnTimestepsWhereDiffusersDoes) {
  const NoiseSchedule schedule(config(kLinspace));
  const SigmaTable table = table_of(schedule, SamplingMethod::ddim, kDiscrete, 5);
  EXPECT_EQ(table.timesteps[1], 749);
  EXPECT_EQ(table.targets[0].to, schedule.sigma(799));
  EXPECT_EQ(table.targets[1].from, schedule.sigma(949));
  EXPECT_EQ(table.targets[4].to, schedule.sigma_min());
}

TEST(NoiseSchedule, EndsInNoiseAloneWithZeroSnr) {
  NoiseScheduleConfig rescaled = config(kTrailing);
  rescaled.rescale_betas_zero_snr = true;
  const NoiseSchedule schedule(rescaled), plain(config(kTrailing));
  EXPECT_NEAR(schedule.sigma_max(), 4096, 1e-3);
  EXPECT_NEAR(schedule.sigma_min(), plain.sigma_min(), 1e-5);
  // sqrt(alpha) is shifted and scaled alike everywhere.
  const auto root = [](double sigma) { return 1 / std::sqrt(1 + sigma * sigma); };
  const double first = root(plain.sigma(0)), last = root(plain.sigma(999));
  EXPECT_NEAR(root(schedule.sigma(500)), (root(plain.sigma(500)) - last) * first / (first - last), 1e-5);
  EXPECT_GT(table_of(schedule, SamplingMethod::ddim, kDiscrete, 4).sigmas.front(), 1e9) << "diffusers' alpha is 0";
}

TEST(SigmaTable, RefusesMoreStepsThanTheModelWasTrainedOn) {
  const NoiseSchedule schedule(config(kLeading));
  EXPECT_NO_THROW((void)table_of(schedule, SamplingMethod::euler, kDiscrete, 999));
  EXPECT_THROW((void)table_of(schedule, SamplingMethod::euler, kDiscrete, 1000), Error) << "the offset leads beyond";
  EXPECT_THROW((void)table_of(schedule, SamplingMethod::lcm, kDiscrete, 51), Error);
  EXPECT_NO_THROW((void)table_of(schedule, SamplingMethod::lcm, Scheduler::sgm_uniform, 1000));
  EXPECT_THROW((void)table_of(schedule, SamplingMethod::dpmpp_2m, kDiscrete, 1000), Error);
  EXPECT_NO_THROW((void)table_of(schedule, SamplingMethod::dpmpp_2m, kKarras, 1000));
}

}  // namespace
}  // namespace sfumato

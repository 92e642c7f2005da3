#include "pipeline/refiner.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

const NoiseSchedule& schedule() {
  static const NoiseSchedule made({.train_steps = 1000,
                                   .beta_schedule = BetaSchedule::scaled_linear,
                                   .beta_start = 0.00085,
                                   .beta_end = 0.012,
                                   .timestep_spacing = TimestepSpacing::leading,
                                   .steps_offset = 1});
  return made;
}

SigmaTable table(SamplingMethod method, int steps) {
  return sigma_table(schedule(), {.steps = steps, .sampling_method = method, .scheduler = Scheduler::discrete});
}

TEST(Refiner, CutsTheTimestepsAsDiffusersDoes) {
  // 951, 901, ..., 201 and 151, ..., 1
  EXPECT_EQ(steps_of_base(table(SamplingMethod::euler, 20), schedule(), 0.8), 16);
  EXPECT_EQ(steps_of_base(table(SamplingMethod::euler, 20), schedule(), 0.799), 16);
  EXPECT_EQ(steps_of_base(table(SamplingMethod::euler, 20), schedule(), 0.798), 15);  // 202 and above
  EXPECT_EQ(steps_of_base(table(SamplingMethod::ddim, 12), schedule(), 0.5), 5);      // 914, ..., 582; the next is 499
  EXPECT_EQ(steps_of_base(table(SamplingMethod::pndm, 20), schedule(), 0.8), 17);     // its second level is there twice
  const SigmaTable last = from_step(table(SamplingMethod::euler, 20), 16);
  EXPECT_EQ(steps_of_base(last, schedule(), 0.8), 0);
}

TEST(Refiner, RefusesAShareThatLeavesItNothing) {
  const SigmaTable levels = sigma_table(schedule(), {.steps = 4,
                                                     .sampling_method = SamplingMethod::euler,
                                                     .scheduler = Scheduler::discrete,
                                                     .timestep_spacing = TimestepSpacing::trailing});
  EXPECT_EQ(error_of([&] { (void)steps_of_base(levels, schedule(), 0.8); }),
            "usage: `refiner_switch`: 0.8 leaves no step to the refiner, whose steps are below timestep 200; the last "
            "one of this picture is at 249. Take more steps, or a smaller share.");
}

TEST(Refiner, ATableEndsWhereTheRestBegins) {
  const SigmaTable whole = table(SamplingMethod::ddim, 10);
  const SigmaTable first = to_step(whole, 7), rest = from_step(whole, 7);
  EXPECT_EQ(first.sigmas.size(), 8u);
  EXPECT_EQ(first.timesteps.size(), 7u);
  EXPECT_EQ(first.targets.size(), 7u);
  EXPECT_EQ(first.sigmas.back(), rest.sigmas.front());
  EXPECT_EQ(rest.timesteps.size(), 3u);
  EXPECT_FALSE(first.ends);
  EXPECT_TRUE(rest.ends);
  EXPECT_EQ(first.initial_scale, whole.initial_scale);
}

}  // namespace
}  // namespace sfumato

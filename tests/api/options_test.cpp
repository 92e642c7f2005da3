#include "sfumato/options.h"

#include <gtest/gtest.h>

#include <limits>

#include "error_of.h"

namespace sfumato {
namespace {

template <typename Enum>
void expect_names_to_read_back() {
  for (const Named<Enum>& entry : names<Enum>()) {
    EXPECT_EQ(value_of<Enum>(entry.name), entry.value);
    EXPECT_EQ(name_of(entry.value), entry.name);
  }
  EXPECT_EQ(value_of<Enum>(""), std::nullopt);
  EXPECT_EQ(value_of<Enum>("nosuch"), std::nullopt);
}

TEST(Options, HaveNamesThatReadBack) {
  expect_names_to_read_back<SamplingMethod>();
  expect_names_to_read_back<Scheduler>();
  expect_names_to_read_back<Weighting>();
  expect_names_to_read_back<TimestepSpacing>();
  expect_names_to_read_back<SdeNoise>();
  expect_names_to_read_back<Rng>();
  expect_names_to_read_back<ImageFit>();
  expect_names_to_read_back<InpaintArea>();
  expect_names_to_read_back<Dtype>();
}

// A C++ caller need not come by way of the command line.
TEST(Options, AreCheckedWhereverTheyComeFrom) {
  const auto error_with = [](auto change) {
    GenerateOptions options;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  EXPECT_EQ(error_with([](GenerateOptions&) {}), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.prompt = "(a:101)", o.weighting = Weighting::none; }), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.width = 0; }),
            "usage: `width`: 0 is out of range; a multiple of 8 from 8 to 4096 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.height = -8; }),
            "usage: `height`: -8 is out of range; a multiple of 8 from 8 to 4096 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.width = 4104; }),
            "usage: `width`: 4104 is out of range; a multiple of 8 from 8 to 4096 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.steps = 0; }),
            "usage: `steps`: 0 is out of range; a whole number from 1 to 1000 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.cfg_scale = -1; }),
            "usage: `cfg_scale`: -1 is out of range; a number from 0 to 100 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.cfg_scale = std::numeric_limits<double>::quiet_NaN(); }),
            "usage: `cfg_scale`: nan is out of range; a number from 0 to 100 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.eta = 1.5; }),
            "usage: `eta`: 1.5 is out of range; a number from 0 to 1 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.clip_skip = 0; }),
            "usage: `clip_skip`: 0 is out of range; a whole number from 1 to 12 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.clip_skip = 13; }),
            "usage: `clip_skip`: 13 is out of range; a whole number from 1 to 12 is expected.");
}

TEST(Options, TellHowManyStepsAreDone) {
  const auto steps = [](int requested, double strength, bool exact) {
    GenerateOptions options{.steps = requested, .init = {.strength = strength, .exact_steps = exact}};
    EXPECT_EQ(steps_done(options), requested) << "strength has no effect without an init image";
    EXPECT_EQ(steps_from_noise(options), requested);
    options.init.image.path = "fox.png";
    return std::pair(steps_done(options), steps_from_noise(options));
  };
  EXPECT_EQ(steps(20, 0.75, false), std::pair(15, 20));
  EXPECT_EQ(steps(20, 0.72, false), std::pair(14, 20)) << "rounded down";
  EXPECT_EQ(steps(10, 0.7, false), std::pair(7, 10));
  EXPECT_EQ(steps(100, 0.29, false), std::pair(28, 100)) << "Python's int(100 * 0.29)";
  EXPECT_EQ(steps(4, 0.2, false), std::pair(0, 4));
  EXPECT_EQ(steps(7, 1, false), std::pair(7, 7));
  EXPECT_EQ(steps(20, 0.75, true), std::pair(20, 27));
  EXPECT_EQ(steps(20, 1, true), std::pair(20, 20));
  EXPECT_EQ(steps(29, 0.29, true), std::pair(29, 101));
}

TEST(Options, OfPicturesToStartFromAreCheckedTogether) {
  const auto error_with = [](auto change, bool init_img = true) {
    GenerateOptions options;
    if (init_img) options.init.image.path = "fox.png";
    change(options);
    return error_of([&] { check(options, 8); });
  };
  const auto without_picture = [&](auto change) { return error_with(change, false); };
  EXPECT_EQ(error_with([](GenerateOptions&) {}), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.strength = 0; }),
            "usage: `strength`: 0 is out of range; a number above 0, at most 1, is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.strength = 1.5; }),
            "usage: `strength`: 1.5 is out of range; a number above 0, at most 1, is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.strength = std::numeric_limits<double>::quiet_NaN(); }),
            "usage: `strength`: nan is out of range; a number above 0, at most 1, is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.strength = 0.04; }),
            "usage: `strength`: 0.04 of 20 steps is less than one step. Raise either, or take `exact_steps`.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.strength = 0.04, o.init.exact_steps = true; }), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.inpaint.blur = 2; }),
            "usage: `mask_blur`: has no effect without `mask`.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.inpaint.mask.path = "m.png", o.inpaint.blur = 257; }),
            "usage: `mask_blur`: 257 is out of range; a number from 0 to 256 is expected.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.init.strength = 0.5; }),
            "usage: `strength`: has no effect without `init_img`.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.inpaint.mask.path = "m.png"; }),
            "usage: `mask`: has no effect without `init_img`, the picture that it masks.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.fit = ImageFit::pad; }),
            "usage: `fit`: has no effect without `init_img` or `segmap`.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.map.scale = 2; }),
            "usage: `map_scale`: has no effect without `segmap`.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.init.image_cfg_scale = 2; }),
            "usage: `image_cfg_scale`: has no effect without `init_img`.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.init.image_cfg_scale = -1; }),
            "usage: `image_cfg_scale`: -1 is out of range; a number from 0 to 100 is expected.");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.map.scale = 0; }), "no error");
  EXPECT_EQ(without_picture([](GenerateOptions& o) { o.map.segmap.path = "m.png", o.map.scale = 101; }),
            "usage: `map_scale`: 101 is out of range; a number from 0 to 100 is expected.");
}

TEST(Options, OfSamplersAreCheckedTogether) {
  const auto error_with = [](auto change) {
    GenerateOptions options;
    options.scheduler = Scheduler::discrete;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.cfg_rescale = 1.5; }),
            "usage: `cfg_rescale`: 1.5 is out of range; a number from 0 to 1 is expected.");
  EXPECT_EQ(
      error_with([](GenerateOptions& o) {
        o.sampling_method = SamplingMethod::ddpm;
        o.eta = 0.5;
      }),
      "usage: `eta`: ddpm has no eta. Leave `eta` out, or take one of ddim, euler_a, dpm2_a, dpm++2s_a, dpm++2m_sde, "
      "dpm++sde, dpm++3m_sde, dpm++2m_sde_heun, euler_a_cfg_pp, tcd, dpm_fast, dpm_adaptive.");
  EXPECT_EQ(error_with([](GenerateOptions& o) {
              o.sampling_method = SamplingMethod::ddpm;
              o.scheduler = Scheduler::sgm_uniform;
            }),
            "usage: `scheduler`: ddpm steps on the training timesteps, so it takes discrete, not sgm_uniform. Leave "
            "`scheduler` out, or take another method.");
  EXPECT_EQ(error_with([](GenerateOptions& o) {
              o.scheduler = Scheduler::karras;
              o.timestep_spacing = TimestepSpacing::trailing;
            }),
            "usage: `timestep_spacing`: does not affect the noise levels of dpm++2m with karras. Leave it out, or take "
            "another scheduler.");
  EXPECT_EQ(error_with([](GenerateOptions& o) {
              o.sampling_method = SamplingMethod::euler;
              o.scheduler = Scheduler::karras;
              o.timestep_spacing = TimestepSpacing::trailing;
            }),
            "no error")
      << "euler's karras runs from the first spaced timestep to the last";
}

TEST(Options, TakeNoiseLevelsThatDescend) {
  const auto error_with = [](std::vector<double> sigmas, auto change) {
    GenerateOptions options;
    options.sampling_method = SamplingMethod::euler;
    options.scheduler = Scheduler::discrete;
    options.sigmas = std::move(sigmas);
    options.steps = 2;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  const auto as_it_is = [](GenerateOptions&) {};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_with({14.6, 2}, as_it_is), "no error");
  EXPECT_EQ(error_with({14.6, 2, 0}, as_it_is), "no error");
  EXPECT_EQ(error_with({2, 14.6}, as_it_is), "usage: `sigmas`: 14.6 follows 2; descending noise levels are expected.");
  EXPECT_EQ(error_with({2, 2}, as_it_is), "usage: `sigmas`: 2 follows 2; descending noise levels are expected.");
  EXPECT_EQ(error_with({14.6, -1}, as_it_is),
            "usage: `sigmas`: -1 is out of range; a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_with({14.6, 0, 0}, as_it_is),
            "usage: `sigmas`: 0 is out of range; a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_with({nan, 1}, as_it_is),
            "usage: `sigmas`: nan is out of range; a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_with({0}, as_it_is),
            "usage: `sigmas`: 0 is out of range; a number from 1e-06 to 100000 is expected.");
  EXPECT_EQ(error_with({14.6, 2}, [](GenerateOptions& o) { o.steps = 20; }),
            "usage: `sigmas`: 2 noise levels above 0 are 2 steps, not the 20 of `steps`. Leave `steps` out.");
  EXPECT_EQ(error_with({14.6, 2}, [](GenerateOptions& o) { o.scheduler = Scheduler::karras; }),
            "usage: `sigmas`: the noise levels replace the scheduler. Leave `scheduler` and `timestep_spacing` out.");
  EXPECT_EQ(error_with({14.6, 2}, [](GenerateOptions& o) { o.sampling_method = SamplingMethod::pndm; }),
            "usage: `sigmas`: pndm steps on the training timesteps, so it takes no other noise levels. Take another "
            "method, or `timesteps`.");
}

TEST(Options, OfNoiseMustHaveAnEffect) {
  const auto error_with = [](SamplingMethod method, auto change) {
    GenerateOptions options;
    options.sampling_method = method;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  using enum SamplingMethod;
  EXPECT_EQ(error_with(euler, [](GenerateOptions& o) { o.churn = {.amount = 5, .tmin = 1, .tmax = 9}; }), "no error");
  EXPECT_EQ(error_with(euler_a, [](GenerateOptions& o) { o.eta = 1, o.s_noise = 1.01; }), "no error");
  EXPECT_EQ(error_with(lcm, [](GenerateOptions& o) { o.s_noise = 0.9; }), "no error");
  EXPECT_EQ(error_with(dpmpp_sde, [](GenerateOptions& o) { o.sde_noise = SdeNoise::independent; }), "no error");
  EXPECT_EQ(error_with(euler_a, [](GenerateOptions& o) { o.churn.amount = 5; }),
            "usage: `s_churn`: euler_a has no churn. Leave `s_churn` out, or take one of euler, heun, dpm2, heunpp2.");
  EXPECT_EQ(error_with(euler, [](GenerateOptions& o) { o.sde_noise = SdeNoise::brownian; }),
            "usage: `sde_noise`: euler has no noise of an SDE. Leave `sde_noise` out, or take one of dpm++2m_sde, "
            "dpm++sde, dpm++3m_sde, dpm++2m_sde_heun.");
  EXPECT_EQ(error_with(euler, [](GenerateOptions& o) { o.churn.tmin = 1; }),
            "usage: `s_tmin`: has no effect without `s_churn`.");
  EXPECT_EQ(error_with(euler, [](GenerateOptions& o) { o.churn = {.amount = 5, .tmin = 3, .tmax = 2}; }),
            "usage: `s_tmax`: 2 is out of range; a number above that of `s_tmin` is expected.");
  EXPECT_EQ(
      error_with(euler, [](GenerateOptions& o) { o.s_noise = 0.5; }),
      "usage: `s_noise`: has no effect, as euler adds no noise here. Leave it out, or give `eta` or `s_churn` with "
      "a method that has it.");
  EXPECT_EQ(error_with(euler_a, [](GenerateOptions& o) { o.eta = 1, o.s_noise = -1; }),
            "usage: `s_noise`: -1 is out of range; a number from 0 to 10 is expected.");
}

TEST(Options, OfLevelsExcludeOneAnother) {
  const auto error_with = [](auto change) {
    GenerateOptions options;
    options.scheduler = Scheduler::discrete;
    options.steps = 2;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {999, 0}; }), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {999, 499}, o.sampling_method = SamplingMethod::ddim; }),
            "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {9, 99}; }),
            "usage: `timesteps`: 99 follows 9; descending noise levels are expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {9}; }),
            "usage: `timesteps`: 1 levels are 1 steps, not the 2 of `steps`. Leave `steps` out.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {9, -1}; }),
            "usage: `timesteps`: -1 is out of range; a number from 0 to 100000 is expected.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {9, 1}, o.sigmas = {2, 1}; }),
            "usage: `sigmas`: given with `timesteps`. Take one of the two.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.timesteps = {9, 1}, o.discard_penultimate = true; }),
            "usage: `discard_penultimate`: has no effect on explicit noise levels. Leave it out.");
  EXPECT_EQ(
      error_with([](GenerateOptions& o) { o.discard_penultimate = true, o.sampling_method = SamplingMethod::ddim; }),
      "usage: `discard_penultimate`: has no effect with ddim. Leave it out.");
  EXPECT_EQ(
      error_with([](GenerateOptions& o) { o.rho = 3; }),
      "usage: `rho`: has no effect with discrete. Leave it out, or take the scheduler karras or polyexponential.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.scheduler = Scheduler::karras, o.rho = 0; }),
            "usage: `rho`: 0 is out of range; a number above 0, at most 100, is expected.");
}

}  // namespace
}  // namespace sfumato

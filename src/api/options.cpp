#include "sfumato/options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "api/sampler_info.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::array<Named<TimestepSpacing>, 3> kTimestepSpacings = {{
    {TimestepSpacing::leading, "leading"},
    {TimestepSpacing::trailing, "trailing"},
    {TimestepSpacing::linspace, "linspace"},
}};
constexpr std::array<Named<Weighting>, 5> kWeightings = {{
    {Weighting::a1111, "a1111"},
    {Weighting::no_norm, "no_norm"},
    {Weighting::comfy, "comfy"},
    {Weighting::ignore, "ignore"},
    {Weighting::none, "none"},
}};
constexpr std::array<Named<SdeNoise>, 2> kSdeNoises = {{
    {SdeNoise::independent, "independent"},
    {SdeNoise::brownian, "brownian"},
}};
constexpr std::array<Named<Rng>, 2> kRngs = {{
    {Rng::cpu, "cpu"},
    {Rng::philox, "philox"},
}};
constexpr std::array<Named<ImageFit>, 3> kFits = {{
    {ImageFit::crop, "crop"},
    {ImageFit::pad, "pad"},
    {ImageFit::stretch, "stretch"},
}};
constexpr std::array<Named<InpaintArea>, 2> kInpaintAreas = {{
    {InpaintArea::whole, "whole"},
    {InpaintArea::mask, "mask"},
}};
constexpr std::array<Named<VaeTiling>, 3> kVaeTilings = {{
    {VaeTiling::automatic, "auto"},
    {VaeTiling::on, "on"},
    {VaeTiling::off, "off"},
}};
constexpr std::array<Named<Dtype>, 3> kDtypes = {{
    {Dtype::float32, "float32"},
    {Dtype::bfloat16, "bfloat16"},
    {Dtype::float16, "float16"},
}};

constexpr double kMaxTimestep = 1e5;  // of any model; sigma_table() knows the model's

template <typename Value>
[[noreturn]] void refuse(std::string_view option, const Value& value, const std::string& expected) {
  std::ostringstream message;
  message << option << ": " << value << " is out of range; " << expected << " is expected";
  throw Error(ErrorKind::usage, message.str() + ".");
}

void check_side(std::string_view option, int side, int multiple) {
  if (side >= multiple && side <= kMaxSide && side % multiple == 0) return;
  std::ostringstream message;
  message << option << ": " << side << " is out of range; a multiple of " << multiple << " from " << multiple << " to "
          << kMaxSide << " is expected";
  if (side > multiple && side < kMaxSide) {
    const int below = side / multiple * multiple;
    message << ", such as " << below << " or " << below + multiple;
  }
  throw Error(ErrorKind::usage, message.str() + ".");
}

void check_integer(std::string_view option, int value, int lowest, int highest) {
  if (value >= lowest && value <= highest) return;
  refuse(option, value, "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

void check_real(std::string_view option, double value, double lowest, double highest) {
  if (std::isfinite(value) && value >= lowest && value <= highest) return;
  std::ostringstream expected;
  expected << "a number from " << lowest << " to " << highest;
  refuse(option, value, expected.str());
}

// "ddim, euler_a": the methods whose row satisfies it.
std::string methods_with(bool (*satisfies)(const SamplerInfo&)) {
  std::string list;
  for (const SamplerInfo& sampler : samplers()) {
    if (satisfies(sampler)) list += (list.empty() ? "" : ", ") + std::string(sampler.name);
  }
  return list;
}

// An option that some methods have, and this one not.
void require(bool has_it, const std::string& option, const GenerateOptions& o, const std::string& what,
             bool (*satisfies)(const SamplerInfo&)) {
  if (has_it) return;
  throw Error(ErrorKind::usage, option + ": " + std::string(name_of(o.sampling_method)) + " has no " + what +
                                    ". Leave " + option + " out, or take one of " + methods_with(satisfies) + ".");
}

void check_noise(const GenerateOptions& o) {
  const GenerateOptions neutral;
  const SamplerInfo& sampler = info_of(o.sampling_method);
  const auto has_churn = [](const SamplerInfo& info) { return info.churn; };
  require(o.eta == 0 || sampler.default_eta, "`eta`", o, "eta",
          [](const SamplerInfo& info) { return info.default_eta.has_value(); });
  require(!o.sde_noise || sampler.sde_noise, "`sde_noise`", o, "noise of an SDE",
          [](const SamplerInfo& info) { return info.sde_noise.has_value(); });
  require(o.churn.amount == 0 || sampler.churn, "`s_churn`", o, "churn", has_churn);
  check_real("`s_churn`", o.churn.amount, 0, kMaxChurn);
  check_real("`s_tmin`", o.churn.tmin, 0, kMaxSigma);
  if (!(o.churn.tmax > o.churn.tmin)) refuse("`s_tmax`", o.churn.tmax, "a number above that of `s_tmin`");
  check_real("`s_noise`", o.s_noise, 0, kMaxNoiseScale);
  const auto needs_churn = [&](const char* option, bool is_neutral) {
    if (is_neutral || o.churn.amount > 0) return;
    throw Error(ErrorKind::usage, std::string(option) + ": has no effect without `s_churn`.");
  };
  needs_churn("`s_tmin`", o.churn.tmin == neutral.churn.tmin);
  needs_churn("`s_tmax`", o.churn.tmax == neutral.churn.tmax);
  if (o.s_noise != 1 && !sampler.fresh_noise && o.eta == 0 && o.churn.amount == 0) {
    throw Error(ErrorKind::usage,
                "`s_noise`: has no effect, as " + std::string(sampler.name) +
                    " adds no noise here. Leave it out, or give `eta` or `s_churn` with a method that "
                    "has it.");
  }
}

// Explicit levels, `sigmas` or `timesteps`: they replace the scheduler and what belongs to it.
void check_levels(const GenerateOptions& o, const std::string& option, const std::vector<double>& levels, double lowest,
                  double highest) {
  const auto fail = [&](const std::string& what) { throw Error(ErrorKind::usage, option + ": " + what); };
  if (o.scheduler != Scheduler::discrete || o.timestep_spacing) {
    fail("the noise levels replace the scheduler. Leave `scheduler` and `timestep_spacing` out.");
  }
  for (std::size_t i = 0; i < levels.size(); ++i) {
    check_real(option, levels[i], lowest, highest);
    if (i == 0 || levels[i] < levels[i - 1]) continue;
    std::ostringstream message;
    message << levels[i] << " follows " << levels[i - 1] << "; descending noise levels are expected.";
    fail(message.str());
  }
  if (const int steps = static_cast<int>(levels.size()); steps != o.steps) {
    fail(std::to_string(steps) + (option == "`sigmas`" ? " noise levels above 0" : " levels") + " are " +
         std::to_string(steps) + " steps, not the " + std::to_string(o.steps) + " of `steps`. Leave `steps` out.");
  }
}

void check_sigmas(const GenerateOptions& o) {
  if (!supports(o.sampling_method, Scheduler::karras)) {
    throw Error(ErrorKind::usage, "`sigmas`: " + std::string(name_of(o.sampling_method)) +
                                      " steps on the training timesteps, so it takes no other noise levels. Take "
                                      "another method, or `timesteps`.");
  }
  if (!o.timesteps.empty()) throw Error(ErrorKind::usage, "`sigmas`: given with `timesteps`. Take one of the two.");
  const auto last = o.sigmas.begin() + std::max(steps_of(o.sigmas), 1);  // before a last 0
  check_levels(o, "`sigmas`", {o.sigmas.begin(), last}, kMinSigma, kMaxSigma);
}

void check_schedule(const GenerateOptions& o) {
  const std::string method(name_of(o.sampling_method));
  const std::string scheduler(name_of(o.scheduler));
  const bool explicit_levels = !o.sigmas.empty() || !o.timesteps.empty();
  if (o.discard_penultimate && (explicit_levels || !supports(o.sampling_method, Scheduler::karras))) {
    throw Error(ErrorKind::usage, "`discard_penultimate`: has no effect " +
                                      (explicit_levels ? "on explicit noise levels" : "with " + method) +
                                      ". Leave it out.");
  }
  if (o.rho && (explicit_levels || !info_of(o.scheduler).uses_rho)) {
    throw Error(ErrorKind::usage, "`rho`: has no effect " +
                                      (explicit_levels ? "on explicit noise levels" : "with " + scheduler) +
                                      ". Leave it out, or take the scheduler karras or polyexponential.");
  }
  if (o.rho) {
    if (!(*o.rho > 0)) refuse("`rho`", *o.rho, "a number above 0, at most 100,");
    check_real("`rho`", *o.rho, 0, kMaxRho);
  }
  if (!o.sigmas.empty()) return check_sigmas(o);
  if (!o.timesteps.empty()) return check_levels(o, "`timesteps`", o.timesteps, 0, kMaxTimestep);
  if (o.timestep_spacing && !uses_timestep_spacing(o.sampling_method, o.scheduler)) {
    throw Error(ErrorKind::usage, "`timestep_spacing`: does not affect the noise levels of " + method + " with " +
                                      scheduler + ". Leave it out, or take another scheduler.");
  }
}

void check_strength(const GenerateOptions& o) {
  if (!(o.init.strength > 0) || o.init.strength > 1)
    refuse("`strength`", o.init.strength, "a number above 0, at most 1,");
  if (o.init.exact_steps && (!o.sigmas.empty() || !o.timesteps.empty())) {
    throw Error(ErrorKind::usage, std::string("`exact_steps`: ") + (o.sigmas.empty() ? "`timesteps`" : "`sigmas`") +
                                      " fixes the number of noise levels. Leave one of the two out.");
  }
  if (steps_done(o) > 0) return;
  std::ostringstream message;
  message << "`strength`: " << o.init.strength << " of " << o.steps
          << " steps is less than one step. Raise either, or take `exact_steps`.";
  throw Error(ErrorKind::usage, message.str());
}

// The init image, the mask and the segmap, and the options that depend on them. An option that differs from its
// default was meant to have an effect.
void check_inputs(const GenerateOptions& o) {
  const auto check_use = [](std::string_view option, bool used, bool has_effect, const char* without) {
    if (!used || has_effect) return;
    throw Error(ErrorKind::usage, std::string(option) + ": has no effect without " + without + ".");
  };
  const GenerateOptions neutral;
  const bool init_img = !o.init.image.path.empty();
  const bool mask = !o.inpaint.mask.path.empty();
  const bool segmap = !o.map.segmap.path.empty();
  check_use("`strength`", o.init.strength != neutral.init.strength, init_img, "`init_img`");
  check_use("`exact_steps`", o.init.exact_steps, init_img, "`init_img`");
  check_use("`fit`", o.fit != neutral.fit, init_img || segmap, "`init_img` or `segmap`");
  check_use("`background`", o.init.background != neutral.init.background, init_img, "`init_img`");
  check_use("`image_cfg_scale`", o.init.image_cfg_scale != neutral.init.image_cfg_scale, init_img, "`init_img`");
  check_use("`mask`", mask, init_img, "`init_img`, the picture that it masks");
  check_use("`mask_invert`", o.inpaint.invert, mask, "`mask`");
  check_use("`mask_blur`", o.inpaint.blur != 0, mask, "`mask`");
  check_use("`inpaint_area`", o.inpaint.area != InpaintArea::whole, mask, "`mask`");
  // 0 asks a model that draws from maps for a picture without one.
  check_use("`map_scale`", o.map.scale != neutral.map.scale && o.map.scale != 0, segmap, "`segmap`");
  if (init_img) check_strength(o);
  check_real("`mask_blur`", o.inpaint.blur, 0, kMaxMaskBlur);
  check_real("`map_scale`", o.map.scale, 0, kMaxCfgScale);
  check_real("`image_cfg_scale`", o.init.image_cfg_scale, 0, kMaxCfgScale);
}

void check_sampler(const GenerateOptions& o) {
  const std::string method(name_of(o.sampling_method));
  const std::string scheduler(name_of(o.scheduler));
  check_noise(o);
  if (!supports(o.sampling_method, o.scheduler)) {
    throw Error(ErrorKind::usage, "`scheduler`: " + method +
                                      " steps on the training timesteps, so it takes discrete, not " + scheduler +
                                      ". Leave `scheduler` out, or take another method.");
  }
  check_schedule(o);
}

}  // namespace

template <>
std::span<const Named<Weighting>> names<Weighting>() {
  return kWeightings;
}
template <>
std::span<const Named<TimestepSpacing>> names<TimestepSpacing>() {
  return kTimestepSpacings;
}
template <>
std::span<const Named<SdeNoise>> names<SdeNoise>() {
  return kSdeNoises;
}
template <>
std::span<const Named<Rng>> names<Rng>() {
  return kRngs;
}
template <>
std::span<const Named<ImageFit>> names<ImageFit>() {
  return kFits;
}
template <>
std::span<const Named<InpaintArea>> names<InpaintArea>() {
  return kInpaintAreas;
}
template <>
std::span<const Named<Dtype>> names<Dtype>() {
  return kDtypes;
}
template <>
std::span<const Named<VaeTiling>> names<VaeTiling>() {
  return kVaeTilings;
}

int steps_done(const GenerateOptions& options) {
  if (options.init.image.path.empty() || options.init.exact_steps) return options.steps;
  return std::min(static_cast<int>(options.steps * options.init.strength), options.steps);
}

int steps_from_noise(const GenerateOptions& options) {
  if (options.init.image.path.empty() || !options.init.exact_steps) return options.steps;
  constexpr int highest = 1'000'000;  // more than any schedule holds
  if (options.steps > options.init.strength * highest) return highest;
  // The least number of steps whose share `strength` is options.steps.
  int all = static_cast<int>(options.steps / options.init.strength);
  while (static_cast<int>(all * options.init.strength) < options.steps) ++all;
  return all;
}

int steps_of(std::span<const double> sigmas) {
  return static_cast<int>(sigmas.size()) - (!sigmas.empty() && sigmas.back() == 0 ? 1 : 0);
}

void check(const GenerateOptions& options, int multiple) {
  check_side("`width`", options.width, multiple);
  check_side("`height`", options.height, multiple);
  check_integer("`steps`", options.steps, 1, kMaxSteps);
  check_real("`cfg_scale`", options.cfg_scale, 0, kMaxCfgScale);
  check_real("`cfg_rescale`", options.cfg_rescale, 0, 1);
  check_real("`eta`", options.eta, 0, 1);
  check_integer("`clip_skip`", options.clip_skip, 1, kMaxClipSkip);
  if (!(options.refiner_switch > 0) || options.refiner_switch > 1) {
    refuse("`refiner_switch`", options.refiner_switch, "a number above 0, at most 1,");
  }
  check_inputs(options);
  check_sampler(options);
}

}  // namespace sfumato

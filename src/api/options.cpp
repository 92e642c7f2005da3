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

constexpr double kMinSigma = 1e-6;  // a smaller step is lost in float32 latents

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

std::string methods_with_eta() {
  std::string list;
  for (const SamplerInfo& sampler : samplers()) {
    if (sampler.default_eta) list += (list.empty() ? "" : ", ") + std::string(sampler.name);
  }
  return list;
}

void check_sigmas(const GenerateOptions& o) {
  const auto fail = [](const std::string& what) { throw Error(ErrorKind::usage, "`sigmas`: " + what); };
  if (!supports(o.sampling_method, Scheduler::karras)) {
    fail(std::string(name_of(o.sampling_method)) +
         " steps on the training timesteps, so it takes no other noise levels. Take another method.");
  }
  if (o.scheduler != Scheduler::discrete || o.timestep_spacing) {
    fail("the noise levels replace the scheduler. Leave `scheduler` and `timestep_spacing` out.");
  }
  for (std::size_t i = 0; i < o.sigmas.size(); ++i) {
    const double sigma = o.sigmas[i];
    const bool last = i > 0 && i + 1 == o.sigmas.size();
    if (sigma == 0 && last) continue;
    check_real("`sigmas`", sigma, kMinSigma, kMaxSigma);
    if (i == 0 || sigma < o.sigmas[i - 1]) continue;
    std::ostringstream message;
    message << sigma << " follows " << o.sigmas[i - 1] << "; descending noise levels are expected.";
    fail(message.str());
  }
  if (const int steps = steps_of(o.sigmas); steps != o.steps) {
    fail(std::to_string(steps) + " noise levels above 0 are " + std::to_string(steps) + " steps, not the " +
         std::to_string(o.steps) + " of `steps`. Leave `steps` out.");
  }
}

void check_strength(const GenerateOptions& o) {
  if (!(o.init.strength > 0) || o.init.strength > 1)
    refuse("`strength`", o.init.strength, "a number above 0, at most 1,");
  if (o.init.exact_steps && !o.sigmas.empty()) {
    throw Error(ErrorKind::usage,
                "`exact_steps`: `sigmas` fixes the number of noise levels. Leave one of the two out.");
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
  check_use("`mask`", mask, init_img, "`init_img`, the picture that it masks");
  check_use("`mask_invert`", o.inpaint.invert, mask, "`mask`");
  check_use("`mask_blur`", o.inpaint.blur != 0, mask, "`mask`");
  check_use("`inpaint_area`", o.inpaint.area != InpaintArea::whole, mask, "`mask`");
  // 0 asks a model that draws from maps for a picture without one.
  check_use("`map_scale`", o.map.scale != neutral.map.scale && o.map.scale != 0, segmap, "`segmap`");
  if (init_img) check_strength(o);
  check_real("`mask_blur`", o.inpaint.blur, 0, kMaxMaskBlur);
  check_real("`map_scale`", o.map.scale, 0, kMaxCfgScale);
}

void check_sampler(const GenerateOptions& o) {
  const std::string method(name_of(o.sampling_method));
  const std::string scheduler(name_of(o.scheduler));
  if (o.eta != 0 && !uses_eta(o.sampling_method)) {
    throw Error(ErrorKind::usage,
                "`eta`: " + method + " has no eta. Leave `eta` out, or take one of " + methods_with_eta() + ".");
  }
  if (!supports(o.sampling_method, o.scheduler)) {
    throw Error(ErrorKind::usage, "`scheduler`: " + method +
                                      " steps on the training timesteps, so it takes discrete, not " + scheduler +
                                      ". Leave `scheduler` out, or take another method.");
  }
  if (!o.sigmas.empty()) return check_sigmas(o);
  if (o.timestep_spacing && !uses_timestep_spacing(o.sampling_method, o.scheduler)) {
    throw Error(ErrorKind::usage, "`timestep_spacing`: does not affect the noise levels of " + method + " with " +
                                      scheduler + ". Leave it out, or take another scheduler.");
  }
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
  check_inputs(options);
  check_sampler(options);
}

}  // namespace sfumato

#include "sfumato/options.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::array<Named<SamplingMethod>, 15> kSamplingMethods = {{
    {SamplingMethod::ddim, "ddim"},
    {SamplingMethod::pndm, "pndm"},
    {SamplingMethod::ddpm, "ddpm"},
    {SamplingMethod::euler, "euler"},
    {SamplingMethod::euler_a, "euler_a"},
    {SamplingMethod::heun, "heun"},
    {SamplingMethod::lms, "lms"},
    {SamplingMethod::dpm2, "dpm2"},
    {SamplingMethod::dpm2_a, "dpm2_a"},
    {SamplingMethod::dpmpp_2s_a, "dpm++2s_a"},
    {SamplingMethod::dpmpp_2m, "dpm++2m"},
    {SamplingMethod::dpmpp_2m_sde, "dpm++2m_sde"},
    {SamplingMethod::dpmpp_sde, "dpm++sde"},
    {SamplingMethod::unipc, "unipc"},
    {SamplingMethod::lcm, "lcm"},
}};
constexpr std::array<Named<Scheduler>, 4> kSchedulers = {{
    {Scheduler::discrete, "discrete"},
    {Scheduler::karras, "karras"},
    {Scheduler::exponential, "exponential"},
    {Scheduler::sgm_uniform, "sgm_uniform"},
}};
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

constexpr double kMinSigma = 1e-6;  // below that a step of float32 latents is no step

template <typename Value>
[[noreturn]] void refuse(std::string_view flag, const Value& value, const std::string& wanted) {
  std::ostringstream message;
  message << flag << ": " << value << " is out of range; " << wanted << '.';
  throw Error(ErrorKind::usage, message.str());
}

void check_side(std::string_view flag, int side, int multiple) {
  if (side >= multiple && side <= kMaxSide && side % multiple == 0) return;
  std::ostringstream wanted;
  wanted << "a multiple of " << multiple << " from " << multiple << " to " << kMaxSide << " is wanted";
  if (side > multiple && side < kMaxSide) {
    const int below = side / multiple * multiple;
    wanted << ", such as " << below << " or " << below + multiple;
  }
  refuse(flag, side, wanted.str());
}

void check_real(std::string_view flag, double value, double lowest, double highest) {
  if (std::isfinite(value) && value >= lowest && value <= highest) return;
  std::ostringstream wanted;
  wanted << "a number from " << lowest << " to " << highest << " is wanted";
  refuse(flag, value, wanted.str());
}

// The methods with a share of fresh noise to choose.
constexpr std::array kWithEta = {SamplingMethod::ddim,       SamplingMethod::euler_a,      SamplingMethod::dpm2_a,
                                 SamplingMethod::dpmpp_2s_a, SamplingMethod::dpmpp_2m_sde, SamplingMethod::dpmpp_sde};

std::string list(std::span<const SamplingMethod> methods) {
  std::string text;
  for (const SamplingMethod method : methods) text += (text.empty() ? "" : ", ") + std::string(name_of(method));
  return text;
}

void check_sigmas(const GenerateOptions& options) {
  const auto fail = [](const std::string& what) { throw Error(ErrorKind::usage, "--sigmas: " + what); };
  const std::string method(name_of(options.sampling_method));
  if (!supports(options.sampling_method, Scheduler::karras)) {
    fail(method + " steps on the training timesteps, so it takes no other noise levels. Take another method.");
  }
  if (options.scheduler != Scheduler::discrete || options.timestep_spacing) {
    fail("takes the place of a schedule. Leave --scheduler and --timestep-spacing out.");
  }
  for (std::size_t i = 0; i < options.sigmas.size(); ++i) {
    const double sigma = options.sigmas[i];
    const bool last = i > 0 && i + 1 == options.sigmas.size();
    if (sigma == 0 && last) continue;
    check_real("--sigmas", sigma, kMinSigma, kMaxSigma);
    if (i == 0 || sigma < options.sigmas[i - 1]) continue;
    std::ostringstream message;
    message << sigma << " follows " << options.sigmas[i - 1] << "; noise levels that descend are wanted.";
    fail(message.str());
  }
  if (const int steps = steps_of(options.sigmas); steps != options.steps) {
    fail(std::to_string(steps) + " noise levels above 0 are " + std::to_string(steps) + " steps, not the " +
         std::to_string(options.steps) + " of --steps. Leave --steps out.");
  }
}

void check_strength(const GenerateOptions& o) {
  if (!(o.strength > 0) || o.strength > 1) {
    refuse("--strength", o.strength, "a number above 0, at most 1, is wanted");
  }
  if (o.exact_steps && !o.sigmas.empty()) {
    throw Error(ErrorKind::usage,
                "--exact-steps: the noise levels of --sigmas are as many as they are. Leave one of the two out.");
  }
  if (steps_done(o) > 0) return;
  std::ostringstream message;
  message << "--strength: " << o.strength << " of " << o.steps
          << " steps is not one. Take more of either, or --exact-steps.";
  throw Error(ErrorKind::usage, message.str());
}

// What the picture starts from. A value that is not the neutral one was meant to have an effect.
void check_inputs(const GenerateOptions& o) {
  const auto check_use = [](std::string_view flag, bool used, bool has_effect, const char* without) {
    if (!used || has_effect) return;
    throw Error(ErrorKind::usage, std::string(flag) + ": has no effect without " + without + ".");
  };
  const GenerateOptions neutral;
  const bool init_img = !o.init_img.path.empty();
  const bool mask = !o.mask.path.empty();
  const bool segmap = !o.segmap.path.empty();
  check_use("--strength", o.strength != neutral.strength, init_img, "--init-img");
  check_use("--exact-steps", o.exact_steps, init_img, "--init-img");
  check_use("--fit", o.fit != neutral.fit, init_img || segmap, "--init-img or --segmap");
  check_use("--background", o.background != neutral.background, init_img, "--init-img");
  check_use("--mask", mask, init_img, "--init-img, the picture that it is of");
  check_use("--mask-invert", o.mask_invert, mask, "--mask");
  check_use("--mask-blur", o.mask_blur != 0, mask, "--mask");
  check_use("--inpaint-area", o.inpaint_area != InpaintArea::whole, mask, "--mask");
  // 0 asks a model that draws from maps for a picture without one.
  check_use("--map-scale", o.map_scale != neutral.map_scale && o.map_scale != 0, segmap, "--segmap");
  if (init_img) check_strength(o);
  check_real("--mask-blur", o.mask_blur, 0, kMaxMaskBlur);
  check_real("--map-scale", o.map_scale, 0, kMaxCfgScale);
}

}  // namespace

template <>
std::span<const Named<SamplingMethod>> names<SamplingMethod>() {
  return kSamplingMethods;
}
template <>
std::span<const Named<Scheduler>> names<Scheduler>() {
  return kSchedulers;
}
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

bool uses_eta(SamplingMethod method) { return std::ranges::find(kWithEta, method) != kWithEta.end(); }

double default_eta(SamplingMethod method) { return uses_eta(method) && method != SamplingMethod::ddim ? 1.0 : 0.0; }

bool supports(SamplingMethod method, Scheduler scheduler) {
  return scheduler == Scheduler::discrete ||
         (method != SamplingMethod::ddim && method != SamplingMethod::pndm && method != SamplingMethod::ddpm);
}

bool uses_timestep_spacing(SamplingMethod method, Scheduler scheduler) {
  switch (method) {
    case SamplingMethod::dpmpp_2m:
    case SamplingMethod::dpmpp_2m_sde:
    case SamplingMethod::unipc:
      return scheduler == Scheduler::discrete;  // the others go from the schedule's one end to the other
    case SamplingMethod::lcm:
      return scheduler != Scheduler::discrete && scheduler != Scheduler::sgm_uniform;  // it has timesteps of its own
    default:
      return scheduler != Scheduler::sgm_uniform;
  }
}

int evaluations(SamplingMethod method, int steps) {
  switch (method) {
    case SamplingMethod::heun:
    case SamplingMethod::dpm2:
    case SamplingMethod::dpm2_a:
    case SamplingMethod::dpmpp_2s_a:
    case SamplingMethod::dpmpp_sde:
      return 2 * steps - 1;
    case SamplingMethod::pndm:
      return steps > 1 ? steps + 1 : steps;
    default:
      return steps;
  }
}

int steps_done(const GenerateOptions& options) {
  if (options.init_img.path.empty() || options.exact_steps) return options.steps;
  return std::min(static_cast<int>(options.steps * options.strength), options.steps);
}

int steps_from_noise(const GenerateOptions& options) {
  if (options.init_img.path.empty() || !options.exact_steps) return options.steps;
  constexpr int highest = 1'000'000;  // more than any schedule has room for
  if (options.steps > options.strength * highest) return highest;
  // The least number of which the share is `steps`.
  int all = static_cast<int>(options.steps / options.strength);
  while (static_cast<int>(all * options.strength) < options.steps) ++all;
  return all;
}

int steps_of(std::span<const double> sigmas) {
  return static_cast<int>(sigmas.size()) - (!sigmas.empty() && sigmas.back() == 0 ? 1 : 0);
}

void check(const GenerateOptions& options, int multiple) {
  check_side("--width", options.width, multiple);
  check_side("--height", options.height, multiple);
  if (options.steps < 1 || options.steps > kMaxSteps) {
    refuse("--steps", options.steps, "a whole number from 1 to " + std::to_string(kMaxSteps) + " is wanted");
  }
  check_real("--cfg-scale", options.cfg_scale, 0, kMaxCfgScale);
  check_real("--cfg-rescale", options.cfg_rescale, 0, 1);
  check_real("--eta", options.eta, 0, 1);
  if (options.clip_skip < 1 || options.clip_skip > kMaxClipSkip) {
    refuse("--clip-skip", options.clip_skip, "a whole number from 1 to " + std::to_string(kMaxClipSkip) + " is wanted");
  }
  check_inputs(options);
  const std::string method(name_of(options.sampling_method));
  const std::string scheduler(name_of(options.scheduler));
  if (options.eta != 0 && !uses_eta(options.sampling_method)) {
    throw Error(ErrorKind::usage,
                "--eta: " + method + " has no eta. Leave --eta out, or take one of " + list(kWithEta) + ".");
  }
  if (!supports(options.sampling_method, options.scheduler)) {
    throw Error(ErrorKind::usage, "--scheduler: " + method +
                                      " steps on the training timesteps, so it takes discrete, not " + scheduler +
                                      ". Leave --scheduler out, or take another method.");
  }
  if (!options.sigmas.empty()) return check_sigmas(options);
  if (options.timestep_spacing && !uses_timestep_spacing(options.sampling_method, options.scheduler)) {
    throw Error(ErrorKind::usage, "--timestep-spacing: has no part in the noise levels of " + method + " with " +
                                      scheduler + ". Leave it out, or take another scheduler.");
  }
}

}  // namespace sfumato

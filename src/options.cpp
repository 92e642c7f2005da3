#include "sfumato/options.h"

#include <array>
#include <cmath>
#include <sstream>

#include "sfumato/error.h"
#include "text/prompt.h"

namespace sfumato {
namespace {

constexpr std::array<Named<SamplingMethod>, 6> kSamplingMethods = {{
    {SamplingMethod::ddim, "ddim"},
    {SamplingMethod::pndm, "pndm"},
    {SamplingMethod::euler, "euler"},
    {SamplingMethod::euler_a, "euler_a"},
    {SamplingMethod::heun, "heun"},
    {SamplingMethod::dpmpp_2m, "dpm++2m"},
}};
constexpr std::array<Named<Scheduler>, 2> kSchedulers = {{
    {Scheduler::discrete, "discrete"},
    {Scheduler::karras, "karras"},
}};
constexpr std::array<Named<Weighting>, 5> kWeightings = {{
    {Weighting::a1111, "a1111"},
    {Weighting::no_norm, "no_norm"},
    {Weighting::comfy, "comfy"},
    {Weighting::ignore, "ignore"},
    {Weighting::none, "none"},
}};
constexpr std::array<Named<Dtype>, 3> kDtypes = {{
    {Dtype::float32, "float32"},
    {Dtype::bfloat16, "bfloat16"},
    {Dtype::float16, "float16"},
}};

template <typename Value>
[[noreturn]] void refuse(std::string_view flag, const Value& value, const std::string& wanted) {
  std::ostringstream message;
  message << flag << ": " << value << " is out of range; " << wanted << '.';
  throw Error(ExitCode::usage, message.str());
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
std::span<const Named<Dtype>> names<Dtype>() {
  return kDtypes;
}

bool uses_eta(SamplingMethod method) { return method == SamplingMethod::ddim || method == SamplingMethod::euler_a; }

double default_eta(SamplingMethod method) { return method == SamplingMethod::euler_a ? 1.0 : 0.0; }

bool supports(SamplingMethod method, Scheduler scheduler) {
  return scheduler == Scheduler::discrete || (method != SamplingMethod::ddim && method != SamplingMethod::pndm);
}

void check(const GenerateOptions& options, int multiple) {
  check_side("--width", options.width, multiple);
  check_side("--height", options.height, multiple);
  if (options.steps < 1 || options.steps > kMaxSteps) {
    refuse("--steps", options.steps, "a whole number from 1 to " + std::to_string(kMaxSteps) + " is wanted");
  }
  check_real("--cfg-scale", options.cfg_scale, 0, kMaxCfgScale);
  check_real("--eta", options.eta, 0, 1);
  if (options.clip_skip < 1 || options.clip_skip > kMaxClipSkip) {
    refuse("--clip-skip", options.clip_skip, "a whole number from 1 to " + std::to_string(kMaxClipSkip) + " is wanted");
  }
  check_weights("--prompt", parse_weights(options.prompt, options.weighting));
  check_weights("--negative-prompt", parse_weights(options.negative_prompt, options.weighting));
  const std::string method(name_of(options.sampling_method));
  if (options.eta != 0 && !uses_eta(options.sampling_method)) {
    throw Error(ExitCode::usage,
                "--eta: " + method + " draws no fresh noise. Leave --eta out, or take ddim or euler_a.");
  }
  if (!supports(options.sampling_method, options.scheduler)) {
    throw Error(ExitCode::usage,
                "--scheduler: " + method + " steps on the training timesteps, so it takes discrete, not " +
                    std::string(name_of(options.scheduler)) + ". Leave --scheduler out, or take another method.");
  }
}

}  // namespace sfumato

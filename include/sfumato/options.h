// What a picture is made of (GenerateOptions) and on what it is made (RuntimeOptions).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

enum class SamplingMethod {
  ddim,
  pndm,
  ddpm,
  euler,
  euler_a,
  heun,
  lms,
  dpm2,
  dpm2_a,
  dpmpp_2s_a,
  dpmpp_2m,
  dpmpp_2m_sde,
  dpmpp_sde,
  unipc,
  lcm
};
enum class Scheduler { discrete, karras, exponential, sgm_uniform };
enum class TimestepSpacing { leading, trailing, linspace };  // of the discrete scheduler (Lin et al. 2024, table 2)
// What the weight of a bracketed word does (text/weighting.h).
//   a1111: multiplies what the text encoder makes of the word, and keeps the mean
//   no_norm: multiplies only
//   comfy: leads away from what it makes of the empty prompt, as ComfyUI does
//   ignore: nothing; brackets are read all the same
//   none: brackets are text
enum class Weighting { a1111, no_norm, comfy, ignore, none };
// How a picture is made as wide and high as the one that is asked for: cut, with borders, or out of proportion.
enum class ImageFit { crop, pad, stretch };
// Where a mask is worked on: in the whole picture, or in the part of it around the mask, enlarged to the full size.
enum class InpaintArea { whole, mask };
enum class Dtype { float32, bfloat16, float16 };
enum class VaeTiling { automatic, on, off };

// A value of an enumeration and the word that names it on the command line, in model.json and in pictures.
template <typename Enum>
struct Named {
  Enum value;
  std::string_view name;
};

// All values of an enumeration, in the order of --help.
template <typename Enum>
std::span<const Named<Enum>> names();
template <>
std::span<const Named<SamplingMethod>> names<SamplingMethod>();
template <>
std::span<const Named<Scheduler>> names<Scheduler>();
template <>
std::span<const Named<Weighting>> names<Weighting>();
template <>
std::span<const Named<TimestepSpacing>> names<TimestepSpacing>();
template <>
std::span<const Named<ImageFit>> names<ImageFit>();
template <>
std::span<const Named<InpaintArea>> names<InpaintArea>();
template <>
std::span<const Named<Dtype>> names<Dtype>();
template <>
std::span<const Named<VaeTiling>> names<VaeTiling>();

template <typename Enum>
[[nodiscard]] std::string_view name_of(Enum value) {
  for (const Named<Enum>& entry : names<Enum>()) {
    if (entry.value == value) return entry.name;
  }
  return "";
}

template <typename Enum>
[[nodiscard]] std::optional<Enum> value_of(std::string_view name) {
  for (const Named<Enum>& entry : names<Enum>()) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

// A file that a picture is made from.
struct InputFile {
  std::string path{};    // as it was said, for messages; "-" is standard input; empty: there is no such file
  std::string sha256{};  // of its bytes, in hexadecimal: that decides the picture, the path does not
  std::shared_ptr<const std::vector<std::uint8_t>>
      bytes{};  // of what cannot be read again; others are read when needed
};

// Everything that decides one picture, given a model.
struct GenerateOptions {
  std::string prompt{};           // UTF-8; may be empty: a picture without guidance by words
  std::string negative_prompt{};  // UTF-8; what guidance leads away from
  int width = 128;                // pixels, a multiple of the model's downscale factor
  int height = 128;
  int steps = 20;          // 1 to kMaxSteps; some methods evaluate the network twice a step (diffusion/sampler.h)
  double cfg_scale = 3.0;  // 1 = no guidance, and half the work
  double cfg_rescale =
      0;  // 0 to 1: how far a guided prediction gets the unguided one's contrast (Lin et al. 2024, 3.4)
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  std::optional<TimestepSpacing> timestep_spacing{};  // absent: the model's
  std::vector<double> sigmas{};  // noise levels to visit, descending; a last 0 may be left out. Empty: the scheduler's
  double eta = 0.0;              // share of fresh noise a step, 0 to 1, of the methods that use it
  std::uint64_t seed = 42;
  int clip_skip = 1;  // the text encoder's layer that counts: 1 the last, 2 the one before, to kMaxClipSkip
  Weighting weighting = Weighting::a1111;
  InputFile init_img{};           // the picture to start from, instead of noise alone
  double strength = 0.75;         // above 0, at most 1: the share of the steps that is done, from as much noise
  bool exact_steps = false;       // do `steps` steps at any strength
  ImageFit fit = ImageFit::crop;  // of init_img, mask and segmap to width and height
  std::uint32_t background =
      0xffffff;              // 0xRRGGBB, under what is transparent in init_img, and around it with ImageFit::pad
  InputFile mask{};          // white is painted anew, black stays, grey is a soft edge; goes with init_img
  bool mask_invert = false;  // black is painted anew
  double mask_blur = 0;      // standard deviation in pixels of the Gaussian that softens the mask
  InpaintArea inpaint_area = InpaintArea::whole;
  InputFile segmap{};    // what is to be where, in the colours of the model's classes
  double map_scale = 1;  // how closely to follow segmap, as cfg_scale does with the prompt
};

struct RuntimeOptions {
  std::string device = "auto";  // auto, cpu, cuda or cuda:N; auto takes the first GPU, if there is one
  std::optional<Dtype>
      dtype;        // of the networks; latents and sampler arithmetic are float32 always. Absent: chosen for the device
  int threads = 0;  // CPU threads; 0 = one per core
  // Pictures that share a run of the U-Net; 0: 1 on a CPU, as many as memory takes on a GPU, at most kLargestBatch.
  // With 1, a picture is the same bit for bit whatever its neighbours.
  int batch_size = 1;
  VaeTiling vae_tiling = VaeTiling::automatic;  // decode in tiles: if memory is short, always or never
};

inline constexpr int kMaxSteps = 1000;
inline constexpr int kLargestBatch = 32;     // that is tried without being asked for: beyond it GPUs gain little
inline constexpr int kMaxSide = 4096;        // pixels
inline constexpr int kMaxClipSkip = 12;      // layers of the first text encoder of Stable Diffusion 1
inline constexpr double kMaxCfgScale = 100;  // beyond that float32 latents lose their picture
inline constexpr double kMaxSigma = 1e5;     // likewise
inline constexpr double kMaxMaskBlur = 256;  // pixels

// Whether the method draws fresh noise in proportion to eta, and what eta is when it is not given. ddpm and lcm draw
// noise too, but have no eta.
[[nodiscard]] bool uses_eta(SamplingMethod method);
[[nodiscard]] double default_eta(SamplingMethod method);
// Whether the method can follow the scheduler: ddim, pndm and ddpm are defined on the training timesteps, so discrete
// only.
[[nodiscard]] bool supports(SamplingMethod method, Scheduler scheduler);
// Whether the spacing of the timesteps has a part in the noise levels.
[[nodiscard]] bool uses_timestep_spacing(SamplingMethod method, Scheduler scheduler);
// How often the method evaluates the network in so many steps to sigma 0, from noise alone.
[[nodiscard]] int evaluations(SamplingMethod method, int steps);
// How many steps are done: `steps`, or with init_img the share of them that strength names, rounded down as diffusers
// does; 0 if strength is too small for one. With exact_steps it is `steps` in any case.
[[nodiscard]] int steps_done(const GenerateOptions& options);
// How many steps lie on the way from noise alone, of which the last steps_done() are done: `steps`, or more with
// exact_steps.
[[nodiscard]] int steps_from_noise(const GenerateOptions& options);
// How many steps GenerateOptions::sigmas are.
[[nodiscard]] int steps_of(std::span<const double> sigmas);

// Throws Error(usage) with the flag, the value and the limit if an option is out of range, or if one would have no
// effect beside another. `multiple`: the model's downscale factor.
void check(const GenerateOptions& options, int multiple);

}  // namespace sfumato

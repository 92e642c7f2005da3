// The options of a picture (GenerateOptions) and of the machine that computes it (RuntimeOptions).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

// Each has a row in src/api/sampler_info.cpp and one in src/diffusion/samplers/samplers.cpp.
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
  lcm,
  dpmpp_3m_sde,
  dpmpp_2m_sde_heun,
  euler_cfg_pp,
  euler_a_cfg_pp,
  deis,
  ipndm,
  ipndm_v,
  heunpp2,
  tcd,
  res_multistep,
  gradient_estimation,
  er_sde,
  sa_solver,
  restart,
  dpm_fast,
  dpm_adaptive
};
// Each has a row in src/api/sampler_info.cpp and one in src/diffusion/schedules.cpp; src/diffusion/schedules.h says
// what it is.
enum class Scheduler {
  discrete,
  karras,
  exponential,
  sgm_uniform,
  simple,
  normal,
  ddim_uniform,
  beta,
  beta_timesteps,
  kl_optimal,
  polyexponential,
  ays,
  linear_quadratic,
  turbo
};
// The noise of the steps of a stochastic solver (methods with SamplerInfo::sde_noise).
//   independent: drawn for each step, as in diffusers' DPMSolverMultistepScheduler
//   brownian: of one path over all noise levels, as k-diffusion, AUTOMATIC1111 and ComfyUI take it from torchsde
enum class SdeNoise { independent, brownian };
// Where random numbers come from: as LibTorch draws them on a CPU, or as a CUDA GPU does (diffusion/philox.h), which is
// AUTOMATIC1111's default.
enum class Rng { cpu, philox };
enum class TimestepSpacing { leading, trailing, linspace };  // of the discrete scheduler (Lin et al. 2024, table 2)
// How the weight of a bracketed word acts on its text embedding (text/weighting.h).
//   a1111: multiplies it, and restores the mean of the prompt
//   no_norm: multiplies it
//   comfy: scales its difference from the embedding of the empty prompt, as ComfyUI does
//   ignore: has no effect; brackets are parsed and removed
//   none: brackets are ordinary text
enum class Weighting { a1111, no_norm, comfy, ignore, none };
// How an input is brought to the requested size: cropped, with borders, or with its proportions changed.
enum class ImageFit { crop, pad, stretch };
// What inpainting works on: the whole picture, or the part around the mask, enlarged to the full size.
enum class InpaintArea { whole, mask };
enum class Dtype { float32, bfloat16, float16 };
enum class VaeTiling { automatic, on, off };

// An enumerator and its name on the command line, in model.json and in the metadata of pictures.
template <typename Enum>
struct Named {
  Enum value;
  std::string_view name;
};

// All enumerators, in the order of --help.
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
std::span<const Named<SdeNoise>> names<SdeNoise>();
template <>
std::span<const Named<Rng>> names<Rng>();
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

// A file that a picture depends on. A program that draws from a file sets only the path.
struct InputFile {
  std::string path{};    // as given; "-" is standard input; empty: no file
  std::string sha256{};  // expected digest of its bytes, 64 hexadecimal digits; empty: any bytes are used
  std::shared_ptr<const std::vector<std::uint8_t>>
      bytes{};  // of input that cannot be read twice; nullptr: read the path
};

// Image to image: options init_img, strength, exact_steps, background and image_cfg_scale.
struct InitImageOptions {
  InputFile image{};                    // the picture to start from; without a path: from noise
  double strength = 0.75;               // above 0, at most 1: share of the steps that is done, from that much noise;
                                        // 1 for models that edit pictures (InstructPix2Pix)
  bool exact_steps = false;             // do all steps for any strength
  std::uint32_t background = 0xffffff;  // 0xRRGGBB, under transparent parts and around the picture with ImageFit::pad
  double image_cfg_scale = 1.5;  // 0 to kMaxCfgScale: guidance scale of the picture, as cfg_scale is of the prompt, for
                                 // models that edit pictures
};

// Inpainting of init.image: options mask, mask_invert, mask_blur and inpaint_area.
struct InpaintOptions {
  InputFile mask{};     // white is repainted, black stays, grey is a soft edge; without a path: no inpainting
  bool invert = false;  // black is repainted, white stays
  double blur = 0;      // 0 to kMaxMaskBlur pixels: standard deviation of the Gaussian that softens the mask
  InpaintArea area = InpaintArea::whole;
};

// Models that draw from semantic maps: options segmap and map_scale.
struct MapOptions {
  InputFile segmap{};  // in the colours of the model's classes; without a path: no map
  double scale = 1;    // 0 to kMaxCfgScale: guidance scale of the map, as cfg_scale is of the prompt
};

// Noise that euler, heun, dpm2 and heunpp2 add before a step (Karras et al. 2022, algorithm 2): options s_churn, s_tmin
// and s_tmax.
struct ChurnOptions {
  double amount = 0;  // 0 to kMaxChurn, over all steps; a step raises sigma by sqrt(2) at most
  double tmin = 0;    // 0 to kMaxSigma: the lowest sigma with churn
  double tmax = std::numeric_limits<double>::infinity();  // the highest sigma with churn
};

// Everything that decides one picture, given a model.
struct GenerateOptions {
  std::string prompt{};           // UTF-8; empty: unconditional
  std::string negative_prompt{};  // UTF-8; guidance leads away from it
  int width = 128;                // pixels, a multiple of the model's downscale factor, at most kMaxSide
  int height = 128;               // likewise
  int steps = 20;                 // 1 to kMaxSteps; evaluations() counts the runs of the network
  double cfg_scale = 3.0;         // 0 to kMaxCfgScale; 1: no guidance and half the work
  double cfg_rescale =
      0;  // 0 to 1: share of the unguided prediction's contrast in the guided one (Lin et al. 2024, 3.4)
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  std::optional<TimestepSpacing> timestep_spacing{};  // nullopt: the model's, or the sampler's own
  std::vector<double> sigmas{};  // explicit noise levels, descending, with or without a last 0; empty: the scheduler's
  std::vector<double> timesteps{};      // explicit training timesteps, descending, at least 0; empty: the scheduler's
  bool discard_penultimate = false;     // leave out the scheduler's lowest noise level, and visit one more before it
  std::optional<double> rho{};          // above 0 to kMaxRho: shape of karras and polyexponential; nullopt: 7 and 1
  double eta = 0.0;                     // 0 to 1: share of fresh noise per step, for methods with uses_eta()
  std::optional<SdeNoise> sde_noise{};  // nullopt: the method's (default_sde_noise)
  ChurnOptions churn{};
  double s_noise = 1;  // 0 to kMaxNoiseScale: scale of all fresh noise
  Rng rng = Rng::cpu;
  std::uint64_t seed = 42;  // Rng::cpu takes the low 32 bits, except for a brownian path
  int clip_skip = 1;        // layer of the text encoder, from its end: 1 is the last; at most kMaxClipSkip
  Weighting weighting = Weighting::a1111;
  InitImageOptions init{};
  ImageFit fit = ImageFit::crop;  // of init.image, inpaint.mask and map.segmap to width and height
  InpaintOptions inpaint{};
  MapOptions map{};
  // Above 0, at most 1: share of the training timesteps, from the noisiest on, that the model draws before its refiner
  // goes on; 1: the model draws all.
  double refiner_switch = 1;
};

struct RuntimeOptions {
  std::string device = "auto";  // auto, cpu, cuda or cuda:N; auto is the first GPU, or the CPU without one
  // Of the networks; latents and sampler arithmetic are always float32. nullopt: chosen for the device and the model.
  std::optional<Dtype> dtype;
  int threads = 0;  // CPU threads; 0: one per core
  // Pictures per run of the U-Net. 0: 1 on a CPU, on a GPU as many as fit in memory, at most kLargestBatch.
  // With 1 a picture is the same bit for bit whatever else is in the run.
  int batch_size = 1;
  VaeTiling vae_tiling = VaeTiling::automatic;  // decode in tiles: if memory is short, always or never
  // Give out pictures of one colour too. Mostly they come of an overflow in half precision, so without this such a
  // picture is an error. What counts is the output of the decoder, before it is put back into an init image.
  bool allow_flat = false;
};

inline constexpr int kMaxSteps = 1000;
inline constexpr int kLargestBatch = 32;      // of automatic batches: beyond it GPUs gain little
inline constexpr int kMaxSide = 4096;         // pixels
inline constexpr int kMaxClipSkip = 12;       // layers of the first text encoder of Stable Diffusion 1
inline constexpr double kMaxCfgScale = 100;   // beyond it float32 latents lose the picture
inline constexpr double kMaxSigma = 1e5;      // likewise
inline constexpr double kMinSigma = 1e-6;     // a smaller step is lost in float32 latents
inline constexpr double kMaxChurn = 1000;     // with it each of 1000 steps may raise sigma as far as it can
inline constexpr double kMaxNoiseScale = 10;  // beyond it nothing but noise is left
inline constexpr double kMaxRho = 100;        // beyond it all levels but the first are the lowest
inline constexpr double kMaxMaskBlur = 256;   // pixels

// Whether the method adds fresh noise in proportion to eta, and its default eta (0 without eta). ddpm, lcm, er_sde,
// sa_solver and restart add noise but have no eta.
[[nodiscard]] bool uses_eta(SamplingMethod method);
[[nodiscard]] double default_eta(SamplingMethod method);
// The noise of the method's steps where the options do not say it; nullopt: it is no stochastic solver.
[[nodiscard]] std::optional<SdeNoise> default_sde_noise(SamplingMethod method);
// Whether the method can follow the scheduler: ddim, pndm and ddpm are defined on the training timesteps, so discrete
// only.
[[nodiscard]] bool supports(SamplingMethod method, Scheduler scheduler);
// Whether the noise levels depend on the spacing of the timesteps.
[[nodiscard]] bool uses_timestep_spacing(SamplingMethod method, Scheduler scheduler);
// The number of evaluations of the network in `steps` steps from pure noise to sigma 0. dpm_adaptive chooses it: a
// guess.
[[nodiscard]] int evaluations(SamplingMethod method, int steps);
// The number of steps done: `steps`; with init.image and without init.exact_steps the share init.strength of it,
// rounded down as in diffusers, 0 if strength is too small for one step.
[[nodiscard]] int steps_done(const GenerateOptions& options);
// The number of steps from pure noise, of which the last steps_done() are done: `steps`, or more with exact_steps.
[[nodiscard]] int steps_from_noise(const GenerateOptions& options);
// The number of steps of explicit noise levels (GenerateOptions::sigmas).
[[nodiscard]] int steps_of(std::span<const double> sigmas);

// Throws Error(usage) that names the option, its value and the limit if an option is out of range, or if it would have
// no effect with the others. `multiple`: the model's downscale factor.
void check(const GenerateOptions& options, int multiple);

}  // namespace sfumato

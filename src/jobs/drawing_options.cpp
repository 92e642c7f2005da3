#include "jobs/drawing_options.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "jobs/a1111_names.h"
#include "jobs/job_values.h"
#include "jobs/option_words.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Kind = JobOption::Kind;
using Options = const GenerateOptions&;

constexpr std::size_t kMaxPrompt = std::size_t{64} << 10;  // bytes
constexpr int kMaxBatchCount = 1'000'000;
constexpr double kMaxTimestep = 1e5;  // what a number may be; the model has fewer

const std::string& checked_text(const std::string& option, const std::string& text) {
  if (text.size() > kMaxPrompt) {
    throw Error(ErrorKind::usage, option + ": " + std::to_string(text.size()) + " bytes, at most " +
                                      std::to_string(kMaxPrompt) + " are taken.");
  }
  if (const auto offset = invalid_utf8_at(text)) {
    throw Error(ErrorKind::usage, option + ": not UTF-8 at byte " + std::to_string(*offset) + ".");
  }
  return text;
}

void set_sampling_method(JobValues& values, const std::string& text) {
  const std::optional<SamplerWords> words = sampler_named(text);
  if (!words) refuse_name<SamplingMethod>("`sampling_method`", text);
  values.options().sampling_method = words->method;
  if (!words->scheduler) return;
  values.options().scheduler = *words->scheduler;
  values.mark_explicit("scheduler");
}

void set_scheduler(JobValues& values, const std::string& text) {
  const std::optional<Scheduler> scheduler = scheduler_named(text);
  if (!scheduler) refuse_name<Scheduler>("`scheduler`", text);
  values.options().scheduler = *scheduler;
}

void set_weighting(JobValues& values, const std::string& text) {
  const std::optional<Weighting> weighting = value_of<Weighting>(with_underscores(text));
  if (!weighting) refuse_name<Weighting>("`weighting`", text);
  values.options().weighting = *weighting;
}

void set_size(JobValues& values, const std::string& text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string::npos) {
    throw Error(ErrorKind::usage,
                "`size`: \"" + printable(text) + "\": a width and a height are expected, such as 512x768.");
  }
  values.options().width = parse_integer("`size`", text.substr(0, cross), 1, kMaxSide);
  values.options().height = parse_integer("`size`", text.substr(cross + 1), 1, kMaxSide);
  values.mark_explicit("width");
  values.mark_explicit("height");
}

// The default scheduler where the method supports it and levels are not given. An explicit one is checked, not
// changed.
void derive_scheduler(GenerateOptions& options, const GenerateOptions& defaults) {
  const bool fits =
      supports(options.sampling_method, defaults.scheduler) && options.sigmas.empty() && options.timesteps.empty();
  options.scheduler = fits ? defaults.scheduler : Scheduler::discrete;
}

void derive_steps(GenerateOptions& options, const GenerateOptions& defaults) {
  options.steps = defaults.steps;
  if (!options.timesteps.empty()) options.steps = static_cast<int>(options.timesteps.size());
  if (!options.sigmas.empty()) options.steps = steps_of(options.sigmas);
}

void set_timestep_spacing(JobValues& values, const std::string& text) {
  values.options().timestep_spacing = value_named<TimestepSpacing>("`timestep_spacing`", text);
}

std::vector<double> numbers_in(const std::string& option, const std::string& text, double highest) {
  std::vector<double> numbers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    numbers.push_back(parse_real(option, text.substr(begin, end - begin), 0, highest));
    begin = end + 1;
  }
  return numbers;
}

// Of the defaults, where it has an effect. An explicit one is checked, not changed.
void derive_timestep_spacing(GenerateOptions& options, const GenerateOptions& defaults) {
  const bool fits = options.sigmas.empty() && options.timesteps.empty() &&
                    uses_timestep_spacing(options.sampling_method, options.scheduler);
  options.timestep_spacing = fits ? defaults.timestep_spacing : std::nullopt;
}

Json list_or_null(const std::vector<double>& numbers) {
  if (numbers.empty()) return {nullptr};
  JsonArray array;
  for (const double number : numbers) array.push_back({number});
  return {array};
}

void set_sigmas(JobValues& values, const std::string& text) {
  values.options().sigmas = numbers_in("`sigmas`", text, kMaxSigma);
}

void set_timesteps(JobValues& values, const std::string& text) {
  values.options().timesteps = numbers_in("`timesteps`", text, kMaxTimestep);
}

void derive_eta(GenerateOptions& options, const GenerateOptions& defaults) {
  options.eta =
      options.sampling_method == defaults.sampling_method ? defaults.eta : default_eta(options.sampling_method);
}

// What is not recorded is `independent`: pictures of earlier versions have nothing else.
Json get_sde_noise(Options options) {
  const std::optional<SdeNoise> noise =
      options.sde_noise ? options.sde_noise : default_sde_noise(options.sampling_method);
  return noise == SdeNoise::brownian ? word(*noise) : Json{nullptr};
}

void derive_sde_noise(GenerateOptions& options, const GenerateOptions& defaults) {
  options.sde_noise = options.sampling_method == defaults.sampling_method ? defaults.sde_noise : std::nullopt;
}

// The first ten stored rows are in every key, in this order. New rows go below them and have a default_text, or are
// null where they are not set.
constexpr std::array kDrawingOptions = std::to_array<JobOption>({
    {.name = "prompt",
     .letter = "p",
     .kind = Kind::text,
     .argument = "TEXT",
     .help = "what the picture shows, in words; {a|b} makes one of each",
     .group = "What",
     .set = [](JobValues& v, const std::string& text) { v.options().prompt = checked_text("`prompt`", text); },
     .get = [](Options o) -> Json { return {o.prompt}; }},
    {.name = "negative_prompt",
     .letter = "n",
     .aliases = "negative n",
     .kind = Kind::text,
     .argument = "TEXT",
     .help = "what the picture should not show",
     .set = [](JobValues& v,
               const std::string& text) { v.options().negative_prompt = checked_text("`negative_prompt`", text); },
     .get = [](Options o) -> Json { return {o.negative_prompt}; }},
    {.name = "seed",
     .letter = "s",
     .aliases = "d",
     .kind = Kind::whole,
     .argument = "N",
     .help = "the picture's number, 0 to 2^64-1, or random; its low 32 bits count  [42]",
     .group = "How",
     .set = [](JobValues& v, const std::string& text) { v.options().seed = parse_seed("`seed`", text); },
     .get = [](Options o) -> Json { return {o.seed}; },
     .a1111_key = "Seed"},
    {.name = "steps",
     .aliases = "num_inference_steps ddim_steps",
     .kind = Kind::whole,
     .argument = "N",
     .help = "denoising steps, 1 to 1000; more is finer and slower",
     .set = [](JobValues& v,
               const std::string& text) { v.options().steps = parse_integer("`steps`", text, 1, kMaxSteps); },
     .get = [](Options o) { return whole(o.steps); },
     .derive_default = &derive_steps,
     .a1111_key = "Steps"},
    {.name = "cfg_scale",
     .aliases = "scale guidance_scale l",
     .kind = Kind::real,
     .argument = "X",
     .help = "how closely to follow the prompt, 0 to 100; 1 is no guidance and half the work",
     .set = [](JobValues& v,
               const std::string& text) { v.options().cfg_scale = parse_real("`cfg_scale`", text, 0, kMaxCfgScale); },
     .get = [](Options o) -> Json { return {o.cfg_scale}; },
     .a1111_key = "CFG scale"},
    {.name = "sampling_method",
     .aliases = "sampler sampler_name",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "how noise becomes a picture",
     .set = &set_sampling_method,
     .get = [](Options o) { return word(o.sampling_method); },
     .choices = &list_of<SamplingMethod>,
     .checked_alone = false},
    {.name = "scheduler",
     .aliases = "schedule_type",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "which noise levels to visit",
     .set = &set_scheduler,
     .get = [](Options o) { return word(o.scheduler); },
     .choices = &list_of<Scheduler>,
     .derive_default = &derive_scheduler,
     .a1111_key = "Schedule type",
     .checked_alone = false},
    {.name = "eta",
     .aliases = "ddim_eta",
     .kind = Kind::real,
     .argument = "X",
     .help = "share of fresh noise per step, 0 to 1, for ddim, dpm_fast, dpm_adaptive (0), tcd (0.3), those with _a or "
             "sde (1)",
     .set = [](JobValues& v, const std::string& text) { v.options().eta = parse_real("`eta`", text, 0, 1); },
     .get = [](Options o) -> Json { return {o.eta}; },
     .derive_default = &derive_eta,
     .a1111_key = "Eta",
     .checked_alone = false},
    {.name = "size",
     .kind = Kind::name,
     .argument = "WxH",
     .help = "both sides at once, such as 512x768",
     .set = &set_size,
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false,
     .a1111_key = "Size"},
    {.name = "width",
     .letter = "W",
     .aliases = "w",
     .kind = Kind::whole,
     .argument = "N",
     .help = "pixels, a multiple of the model's step (8)",
     .set = [](JobValues& v,
               const std::string& text) { v.options().width = parse_integer("`width`", text, 1, kMaxSide); },
     .get = [](Options o) { return whole(o.width); }},
    {.name = "height",
     .letter = "H",
     .aliases = "h",
     .kind = Kind::whole,
     .argument = "N",
     .help = "pixels, likewise",
     .set = [](JobValues& v,
               const std::string& text) { v.options().height = parse_integer("`height`", text, 1, kMaxSide); },
     .get = [](Options o) { return whole(o.height); }},
    {.name = "cfg_rescale",
     .aliases = "guidance_rescale",
     .kind = Kind::real,
     .argument = "X",
     .help = "how far guidance keeps the contrast of the unguided picture, 0 to 1; 0.7 for models with zero SNR  [0]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().cfg_rescale = parse_real("`cfg_rescale`", text, 0, 1); },
     .get = [](Options o) -> Json { return {o.cfg_rescale}; },
     .default_text = "0",
     .a1111_key = "CFG Rescale"},
    {.name = "timestep_spacing",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "of the discrete scheduler: leading, trailing or linspace  [the model's, or the sampler's own]",
     .set = &set_timestep_spacing,
     .get = [](Options o) { return o.timestep_spacing ? word(*o.timestep_spacing) : Json{nullptr}; },
     .derive_default = &derive_timestep_spacing},
    {.name = "sigmas",
     .kind = Kind::numbers,
     .argument = "X,X,...",
     .help = "the noise levels to visit, descending, such as 14.6,3.9,1.2,0; instead of --scheduler and --steps",
     .set = &set_sigmas,
     .get = [](Options o) { return list_or_null(o.sigmas); }},
    {.name = "batch_count",
     .letter = "b",
     .aliases = "batch n_iter n_samples num_images_per_prompt",
     .kind = Kind::whole,
     .argument = "N",
     .help = "number of pictures, with seeds N, N+1, ...  [1]",
     .set = [](JobValues& v,
               const std::string& text) { v.batch_count = parse_integer("`batch_count`", text, 1, kMaxBatchCount); },
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false},
    {.name = "clip_skip",
     .kind = Kind::whole,
     .argument = "N",
     .help = "the text encoder's layer to use, from its end: 1 the last, 2 the one before  [1]",
     .set =
         [](JobValues& v, const std::string& text) {
           v.options().clip_skip = parse_integer("`clip_skip`", text, 1, kMaxClipSkip);
         },
     .get = [](Options o) { return whole(o.clip_skip); },
     .default_text = "1",
     .a1111_key = "Clip skip"},
    {.name = "weighting",
     .aliases = "emphasis",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "what (word:1.3) does; with none brackets are text  [a1111]",
     .set = &set_weighting,
     .get = [](Options o) { return word(o.weighting); },
     .default_text = "a1111",
     .choices = &list_of<Weighting>},
    {.name = "timesteps",
     .kind = Kind::numbers,
     .argument = "N,N,...",
     .help = "the training timesteps to visit, descending, such as 999,749,499,249; instead of --scheduler and --steps",
     .set = &set_timesteps,
     .get = [](Options o) { return list_or_null(o.timesteps); }},
    {.name = "discard_penultimate",
     .aliases = "discard_next_to_last_sigma",
     .kind = Kind::flag,
     .argument = "",
     .help = "leave out the scheduler's lowest noise level, and visit one more before it",
     .set = [](JobValues& v,
               const std::string& text) { v.options().discard_penultimate = flag_from("`discard_penultimate`", text); },
     .get = [](Options o) -> Json { return {o.discard_penultimate}; },
     .default_text = "false",
     .a1111_key = "Discard penultimate sigma",
     .checked_alone = false},
    {.name = "rho",
     .kind = Kind::real,
     .argument = "X",
     .help = "of karras and polyexponential: higher visits more low noise levels  [7 and 1]",
     .set = [](JobValues& v, const std::string& text) { v.options().rho = parse_real("`rho`", text, 0, kMaxRho); },
     .get = [](Options o) -> Json { return o.rho ? Json{*o.rho} : Json{nullptr}; },
     .a1111_key = "Schedule rho",
     .checked_alone = false},
    {.name = "sde_noise",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "noise of dpm++sde and dpm++3m_sde [brownian], dpm++2m_sde and its heun [independent]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().sde_noise = value_named<SdeNoise>("`sde_noise`", text); },
     .get = &get_sde_noise,
     .choices = &list_of<SdeNoise>,
     .derive_default = &derive_sde_noise,
     .checked_alone = false},
    {.name = "s_churn",
     .kind = Kind::real,
     .argument = "X",
     .help = "noise added over all steps, 0 to 1000, for euler, heun, dpm2 and heunpp2  [0]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().churn.amount = parse_real("`s_churn`", text, 0, kMaxChurn); },
     .get = [](Options o) -> Json { return {o.churn.amount}; },
     .default_text = "0",
     .a1111_key = "Sigma churn",
     .checked_alone = false},
    {.name = "s_tmin",
     .kind = Kind::real,
     .argument = "X",
     .help = "lowest noise level with --s-churn  [0]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().churn.tmin = parse_real("`s_tmin`", text, 0, kMaxSigma); },
     .get = [](Options o) -> Json { return {o.churn.tmin}; },
     .default_text = "0",
     .needs = "s_churn",
     .a1111_key = "Sigma tmin",
     .checked_alone = false},
    {.name = "s_tmax",
     .kind = Kind::real,
     .argument = "X",
     .help = "highest noise level with --s-churn  [any]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().churn.tmax = parse_real("`s_tmax`", text, 0, kMaxSigma); },
     .get = [](Options o) -> Json { return std::isinf(o.churn.tmax) ? Json{nullptr} : Json{o.churn.tmax}; },
     .needs = "s_churn",
     .a1111_key = "Sigma tmax",
     .checked_alone = false},
    {.name = "s_noise",
     .kind = Kind::real,
     .argument = "X",
     .help = "scale of the noise that steps add, 0 to 10  [1]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().s_noise = parse_real("`s_noise`", text, 0, kMaxNoiseScale); },
     .get = [](Options o) -> Json { return {o.s_noise}; },
     .default_text = "1",
     .a1111_key = "Sigma noise",
     .checked_alone = false},
    {.name = "rng",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "random numbers of a processor (cpu) or of a GPU (philox), as A1111's pictures have them  [cpu]",
     .set = [](JobValues& v, const std::string& text) { v.options().rng = value_named<Rng>("`rng`", text); },
     .get = [](Options o) { return word(o.rng); },
     .default_text = "cpu",
     .choices = &list_of<Rng>},
    {.name = "refiner_switch",
     .kind = Kind::real,
     .argument = "X",
     .help = "with --refiner: share of the steps before it, above 0; with 1 it draws none  [0.8]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().refiner_switch = parse_real("`refiner_switch`", text, 0, 1); },
     .get = [](Options o) -> Json { return {o.refiner_switch}; },
     .default_text = "1",
     .a1111_key = "Refiner switch at"},
});

}  // namespace

std::span<const JobOption> drawing_options() { return kDrawingOptions; }

}  // namespace sfumato

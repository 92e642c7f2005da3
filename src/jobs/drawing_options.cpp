#include "jobs/drawing_options.h"

#include <algorithm>
#include <array>

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

// The default scheduler where the method supports it and `sigmas` is not given. An explicit one is checked, not
// changed.
void derive_scheduler(GenerateOptions& options, const GenerateOptions& defaults) {
  const bool fits = supports(options.sampling_method, defaults.scheduler) && options.sigmas.empty();
  options.scheduler = fits ? defaults.scheduler : Scheduler::discrete;
}

void derive_steps(GenerateOptions& options, const GenerateOptions& defaults) {
  options.steps = options.sigmas.empty() ? defaults.steps : steps_of(options.sigmas);
}

void set_timestep_spacing(JobValues& values, const std::string& text) {
  values.options().timestep_spacing = value_named<TimestepSpacing>("`timestep_spacing`", text);
}

void set_sigmas(JobValues& values, const std::string& text) {
  std::vector<double>& sigmas = values.options().sigmas;
  sigmas.clear();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    sigmas.push_back(parse_real("`sigmas`", text.substr(begin, end - begin), 0, kMaxSigma));
    begin = end + 1;
  }
}

// Of the defaults, where it has an effect. An explicit one is checked, not changed.
void derive_timestep_spacing(GenerateOptions& options, const GenerateOptions& defaults) {
  const bool fits = options.sigmas.empty() && uses_timestep_spacing(options.sampling_method, options.scheduler);
  options.timestep_spacing = fits ? defaults.timestep_spacing : std::nullopt;
}

Json get_sigmas(const GenerateOptions& options) {
  if (options.sigmas.empty()) return {nullptr};
  JsonArray array;
  for (const double sigma : options.sigmas) array.push_back({sigma});
  return {array};
}

void derive_eta(GenerateOptions& options, const GenerateOptions& defaults) {
  options.eta =
      options.sampling_method == defaults.sampling_method ? defaults.eta : default_eta(options.sampling_method);
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
     .help = "share of fresh noise per step, 0 to 1, for ddim (0), the methods with _a and those with sde (1)",
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
     .get = &get_sigmas},
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
});

}  // namespace

std::span<const JobOption> drawing_options() { return kDrawingOptions; }

}  // namespace sfumato

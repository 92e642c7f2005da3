#include "jobs/job_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "base/numbers.h"
#include "base/printable.h"
#include "jobs/a1111_names.h"
#include "jobs/input_options.h"
#include "jobs/option_words.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Kind = JobOption::Kind;

constexpr std::size_t kMaxPrompt = std::size_t{64} << 10;  // bytes
constexpr int kMaxBatchCount = 1'000'000;

const std::string& checked_text(const std::string& flag, const std::string& text) {
  if (text.size() > kMaxPrompt) {
    throw Error(ErrorKind::usage, flag + ": " + std::to_string(text.size()) + " bytes, at most 65536 are taken.");
  }
  if (const auto offset = invalid_utf8_at(text)) {
    throw Error(ErrorKind::usage, flag + ": not UTF-8 at byte " + std::to_string(*offset) + ".");
  }
  return text;
}

void set_sampling_method(JobValues& values, const std::string& text) {
  const std::optional<SamplerWords> words = sampler_named(text);
  if (!words) refuse_name<SamplingMethod>("--sampling-method", text);
  values.options().sampling_method = words->method;
  if (!words->scheduler) return;
  values.options().scheduler = *words->scheduler;
  values.mark("scheduler");
}

void set_scheduler(JobValues& values, const std::string& text) {
  const std::optional<Scheduler> scheduler = scheduler_named(text);
  if (!scheduler) refuse_name<Scheduler>("--scheduler", text);
  values.options().scheduler = *scheduler;
}

void set_weighting(JobValues& values, const std::string& text) {
  const std::optional<Weighting> weighting = value_of<Weighting>(with_underscores(text));
  if (!weighting) refuse_name<Weighting>("--weighting", text);
  values.options().weighting = *weighting;
}

void set_size(JobValues& values, const std::string& text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string::npos) {
    throw Error(ErrorKind::usage,
                "--size: \"" + printable(text) + "\": a width and a height are wanted, such as 512x768.");
  }
  values.options().width = parse_integer("--size", text.substr(0, cross), 1, kMaxSide);
  values.options().height = parse_integer("--size", text.substr(cross + 1), 1, kMaxSide);
  values.mark("width");
  values.mark("height");
}

// The default scheduler goes with any method that can follow it, unless the noise levels were said; what was said is
// checked, never changed.
void derive_scheduler(GenerateOptions& options, const GenerateOptions& defaults) {
  const bool fits = supports(options.sampling_method, defaults.scheduler) && options.sigmas.empty();
  options.scheduler = fits ? defaults.scheduler : Scheduler::discrete;
}

void derive_steps(GenerateOptions& options, const GenerateOptions& defaults) {
  options.steps = options.sigmas.empty() ? defaults.steps : steps_of(options.sigmas);
}

void set_timestep_spacing(JobValues& values, const std::string& text) {
  values.options().timestep_spacing = value_named<TimestepSpacing>("--timestep-spacing", text);
}

void set_sigmas(JobValues& values, const std::string& text) {
  std::vector<double>& sigmas = values.options().sigmas;
  sigmas.clear();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    sigmas.push_back(parse_real("--sigmas", text.substr(begin, end - begin), 0, kMaxSigma));
    begin = end + 1;
  }
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

using Options = const GenerateOptions&;

// The first ten are part of every key, in this order: new rows go below them, with a neutral value.
constexpr std::array kDrawingOptions = std::to_array<JobOption>({
    {.name = "prompt",
     .letter = "p",
     .kind = Kind::text,
     .argument = "TEXT",
     .help = "what the picture shows, in words; {a|b} makes one of each",
     .set = [](JobValues& v, const std::string& text) { v.options().prompt = checked_text("--prompt", text); },
     .get = [](Options o) -> Json { return {o.prompt}; }},
    {.name = "negative_prompt",
     .letter = "n",
     .aliases = "negative n",
     .kind = Kind::text,
     .argument = "TEXT",
     .help = "what to lead away from",
     .set = [](JobValues& v,
               const std::string& text) { v.options().negative_prompt = checked_text("--negative-prompt", text); },
     .get = [](Options o) -> Json { return {o.negative_prompt}; }},
    {.name = "seed",
     .letter = "s",
     .aliases = "d",
     .kind = Kind::whole,
     .argument = "N",
     .help = "the picture's number, 0 to 2^64-1, or random; its low 32 bits count  [42]",
     .set = [](JobValues& v, const std::string& text) { v.options().seed = parse_seed("--seed", text); },
     .get = [](Options o) -> Json { return {o.seed}; }},
    {.name = "steps",
     .aliases = "num_inference_steps ddim_steps",
     .kind = Kind::whole,
     .argument = "N",
     .help = "denoising steps, 1 to 1000; more is finer and slower",
     .set = [](JobValues& v,
               const std::string& text) { v.options().steps = parse_integer("--steps", text, 1, kMaxSteps); },
     .get = [](Options o) { return whole(o.steps); },
     .derive_default = &derive_steps},
    {.name = "cfg_scale",
     .aliases = "scale guidance_scale l",
     .kind = Kind::real,
     .argument = "X",
     .help = "how closely to follow the prompt, 0 to 100; 1 is no guidance and half the work",
     .set = [](JobValues& v,
               const std::string& text) { v.options().cfg_scale = parse_real("--cfg-scale", text, 0, kMaxCfgScale); },
     .get = [](Options o) -> Json { return {o.cfg_scale}; }},
    {.name = "sampling_method",
     .aliases = "sampler sampler_name",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "how noise becomes a picture",
     .set = &set_sampling_method,
     .get = [](Options o) { return word(o.sampling_method); },
     .choices = &list_of<SamplingMethod>},
    {.name = "scheduler",
     .aliases = "schedule_type",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "which noise levels to visit",
     .set = &set_scheduler,
     .get = [](Options o) { return word(o.scheduler); },
     .choices = &list_of<Scheduler>,
     .derive_default = &derive_scheduler},
    {.name = "eta",
     .aliases = "ddim_eta",
     .kind = Kind::real,
     .argument = "X",
     .help = "share of fresh noise per step, 0 to 1, for ddim (0), the methods with _a and those with sde (1)",
     .set = [](JobValues& v, const std::string& text) { v.options().eta = parse_real("--eta", text, 0, 1); },
     .get = [](Options o) -> Json { return {o.eta}; },
     .derive_default = &derive_eta},
    {.name = "size",
     .kind = Kind::name,
     .argument = "WxH",
     .help = "both sides at once, such as 512x768",
     .set = &set_size,
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false},
    {.name = "width",
     .letter = "W",
     .aliases = "w",
     .kind = Kind::whole,
     .argument = "N",
     .help = "pixels, a multiple of the model's step (8)",
     .set = [](JobValues& v,
               const std::string& text) { v.options().width = parse_integer("--width", text, 1, kMaxSide); },
     .get = [](Options o) { return whole(o.width); }},
    {.name = "height",
     .letter = "H",
     .aliases = "h",
     .kind = Kind::whole,
     .argument = "N",
     .help = "pixels, likewise",
     .set = [](JobValues& v,
               const std::string& text) { v.options().height = parse_integer("--height", text, 1, kMaxSide); },
     .get = [](Options o) { return whole(o.height); }},
    {.name = "cfg_rescale",
     .aliases = "guidance_rescale",
     .kind = Kind::real,
     .argument = "X",
     .help = "how far guidance keeps the contrast of the unguided picture, 0 to 1; 0.7 for models with zero SNR  [0]",
     .set = [](JobValues& v,
               const std::string& text) { v.options().cfg_rescale = parse_real("--cfg-rescale", text, 0, 1); },
     .get = [](Options o) -> Json { return {o.cfg_rescale}; },
     .neutral = "0"},
    {.name = "timestep_spacing",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "of the discrete scheduler: leading, trailing or linspace  [the model's]",
     .set = &set_timestep_spacing,
     .get = [](Options o) { return o.timestep_spacing ? word(*o.timestep_spacing) : Json{nullptr}; }},
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
     .help = "so many pictures, with seeds N, N+1, ...  [1]",
     .set = [](JobValues& v,
               const std::string& text) { v.batch_count = parse_integer("--batch-count", text, 1, kMaxBatchCount); },
     .get = [](Options) -> Json { return {nullptr}; },
     .stored = false},
    {.name = "clip_skip",
     .kind = Kind::whole,
     .argument = "N",
     .help = "the text encoder's layer that counts, from its end: 1 the last, 2 the one before  [1]",
     .set =
         [](JobValues& v, const std::string& text) {
           v.options().clip_skip = parse_integer("--clip-skip", text, 1, kMaxClipSkip);
         },
     .get = [](Options o) { return whole(o.clip_skip); },
     .neutral = "1"},
    {.name = "weighting",
     .aliases = "emphasis",
     .kind = Kind::name,
     .argument = "NAME",
     .help = "what (word:1.3) does; none takes brackets for text  [a1111]",
     .set = &set_weighting,
     .get = [](Options o) { return word(o.weighting); },
     .neutral = "a1111",
     .choices = &list_of<Weighting>},
});

// A new table goes behind the others.
std::vector<JobOption> all_options() {
  std::vector<JobOption> options(kDrawingOptions.begin(), kDrawingOptions.end());
  options.insert(options.end(), input_options().begin(), input_options().end());
  return options;
}

std::unordered_map<std::string, const JobOption*> named_options() {
  std::unordered_map<std::string, const JobOption*> result;
  for (const JobOption& option : job_options()) {
    result.emplace(option.name, &option);
    std::string_view rest = option.aliases;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.emplace(rest.substr(0, end), &option);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return result;
}

// Rows that are not stored have none: what they say counts for those that are.
std::uint64_t bit_of(const JobOption& option) {
  return option.stored ? std::uint64_t{1} << (&option - job_options().data()) : 0;
}

template <typename Wanted>
JsonObject json_of(const GenerateOptions& options, const Wanted& wanted) {
  JsonObject object;
  for (const JobOption& option : job_options()) {
    if (!wanted(option)) continue;
    Json value = option.get(options);
    if (std::holds_alternative<std::nullptr_t>(value.value) || text_of(value) == option.neutral) continue;
    object.emplace_back(option.name, std::move(value));
  }
  return object;
}

}  // namespace

std::span<const JobOption> job_options() {
  static const std::vector<JobOption> options = all_options();
  return options;
}

const JobOption* find_job_option(std::string_view name) {
  static const std::unordered_map<std::string, const JobOption*> options = named_options();
  const auto found = options.find(with_underscores(name));
  return found == options.end() ? nullptr : found->second;
}

const JobOption* find_negated_option(std::string_view name) {
  const std::string wanted = with_underscores(name);
  const JobOption* option = wanted.starts_with("no_") ? find_job_option(wanted.substr(3)) : nullptr;
  return option != nullptr && option->kind == Kind::flag ? option : nullptr;
}

std::string text_of(const Json& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value.value)) {
    // The shortest text that reads back as the same number, whatever the locale.
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, *number);
    return {buffer, end};
  }
  if (const auto* flag = std::get_if<bool>(&value.value)) return *flag ? "true" : "false";
  if (const auto* array = std::get_if<JsonArray>(&value.value)) {
    std::string list;
    for (const Json& element : *array) list += (list.empty() ? "" : ",") + text_of(element);
    return list;
  }
  return "";
}

std::string text_from_json(const JobOption& option, const Json& value) {
  const auto is_number = [](const Json& json) {
    return std::holds_alternative<std::int64_t>(json.value) || std::holds_alternative<std::uint64_t>(json.value) ||
           std::holds_alternative<double>(json.value);
  };
  const auto refuse = [&](const char* wanted) {
    throw Error(ErrorKind::usage,
                "\"" + std::string(option.name) + "\": " + printable(dump_json(value)) + ": " + wanted + " is wanted.");
  };
  switch (option.kind) {
    case Kind::flag:
      if (!std::holds_alternative<bool>(value.value)) refuse("true or false, without quotes,");
      break;
    case Kind::text:
    case Kind::name:
    case Kind::file:
      if (!std::holds_alternative<std::string>(value.value)) refuse("a string");
      break;
    case Kind::whole:
    case Kind::real:
      if (!is_number(value)) refuse(option.kind == Kind::whole ? "a whole number, without quotes," : "a number");
      break;
    case Kind::numbers: {
      const auto* array = std::get_if<JsonArray>(&value.value);
      if (array == nullptr || !std::ranges::all_of(*array, is_number)) refuse("a list of numbers [ ]");
      break;
    }
  }
  return text_of(value);
}

void JobValues::say(const JobOption& option, const std::string& text) {
  option.set(*this, text);
  said_ |= bit_of(option);
}

void JobValues::mark(std::string_view name) { said_ |= bit_of(*find_job_option(name)); }

GenerateOptions JobValues::resolved() const {
  GenerateOptions result = options_;
  for (const JobOption& option : job_options()) {
    if (option.derive_default != nullptr && (said_ & bit_of(option)) == 0) option.derive_default(result, defaults_);
  }
  return result;
}

JsonObject options_json(const GenerateOptions& options) {
  return json_of(options, [](const JobOption&) { return true; });
}

JsonObject deciding_options_json(const GenerateOptions& options) {
  return json_of(options, [](const JobOption& option) { return option.decides; });
}

GenerateOptions options_from_json(const JsonObject& object, const GenerateOptions& defaults) {
  JobValues values(defaults);
  for (const auto& [key, value] : object) {
    const auto option = std::ranges::find(job_options(), key, &JobOption::name);
    if (option != job_options().end()) values.say(*option, text_from_json(*option, value));
  }
  return values.resolved();
}

}  // namespace sfumato

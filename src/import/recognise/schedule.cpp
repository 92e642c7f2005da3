#include "import/recognise/schedule.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "api/sampler_info.h"
#include "base/json.h"
#include "base/printable.h"
#include "import/recognise/recognise.h"

namespace sfumato {
namespace {

// Of CompVis' v1-inference.yaml; Stable Diffusion 2 and XL kept it.
constexpr NoiseScheduleConfig kShared = {.train_steps = 1000,
                                         .beta_schedule = BetaSchedule::scaled_linear,
                                         .beta_start = 0.00085,
                                         .beta_end = 0.012,
                                         .prediction_type = PredictionType::epsilon,
                                         .timestep_spacing = TimestepSpacing::leading,
                                         .steps_offset = 1};
constexpr std::int64_t kBaseSteps = 875000;  // global_step of Stable Diffusion 2.0 base

constexpr std::array<Named<PredictionType>, 5> kPredictionTypes = {{
    {PredictionType::epsilon, "epsilon"},
    {PredictionType::v_prediction, "v_prediction"},
    {PredictionType::sample, "sample"},
    {PredictionType::epsilon, "eps"},
    {PredictionType::v_prediction, "v"},
}};
constexpr std::array<Named<BetaSchedule>, 2> kBetaSchedules = {{
    {BetaSchedule::linear, "linear"},
    {BetaSchedule::scaled_linear, "scaled_linear"},
}};
constexpr std::array<Named<TimestepSpacing>, 3> kTimestepSpacings = {{
    {TimestepSpacing::leading, "leading"},
    {TimestepSpacing::trailing, "trailing"},
    {TimestepSpacing::linspace, "linspace"},
}};

// A diffusers scheduler for another kind of noise, like every class with "Flow" in its name.
constexpr std::string_view kEdmClass = "EDMDPMSolverMultistepScheduler";

// The method of a diffusers class; of a class with several methods, that of algorithm_type. nullptr: none has it.
const SamplerInfo* sampler_of(std::string_view class_name, std::string_view algorithm_type) {
  const SamplerInfo* found = nullptr;
  for (const SamplerInfo& sampler : samplers()) {
    if (class_name.empty() || sampler.diffusers.class_name != class_name) continue;
    if (found == nullptr || sampler.diffusers.algorithm_type == algorithm_type) found = &sampler;
  }
  return found;
}

// Settings whose usual value changes nothing here; any other is told.
struct Usual {
  std::string_view key;
  std::string_view json;
};
constexpr std::array<Usual, 32> kUsual = {{
    {"clip_sample", "false"},
    {"trained_betas", "null"},
    {"thresholding", "false"},
    {"skip_prk_steps", "true"},
    {"interpolation_type", "\"linear\""},
    {"use_karras_sigmas", "false"},
    {"use_exponential_sigmas", "false"},
    {"use_beta_sigmas", "false"},
    {"use_flow_sigmas", "false"},
    {"use_lu_lambdas", "false"},
    {"algorithm_type", "\"dpmsolver++\""},
    {"solver_order", "2"},
    {"solver_type", "\"midpoint\""},
    {"lower_order_final", "true"},
    {"euler_at_final", "false"},
    {"final_sigmas_type", "\"zero\""},
    {"lambda_min_clipped", "null"},
    {"variance_type", "null"},
    {"variance_type", "\"fixed_small\""},
    {"algorithm_type", "\"sde-dpmsolver++\""},
    {"solver_type", "\"bh2\""},
    {"sigma_min", "null"},
    {"sigma_max", "null"},
    {"timestep_type", "\"discrete\""},
    {"flow_shift", "1.0"},
    {"use_dynamic_shifting", "false"},
    {"time_shift_type", "\"exponential\""},
    {"predict_x0", "true"},
    {"disable_corrector", "[]"},
    {"solver_p", "null"},
    {"original_inference_steps", "50"},
    {"timestep_scaling", "10.0"},
}};
// Settings that say nothing by themselves.
constexpr std::array<std::string_view, 8> kSilent = {"_class_name",
                                                     "_diffusers_version",
                                                     "dynamic_thresholding_ratio",
                                                     "sample_max_value",
                                                     "clip_sample_range",
                                                     "noise_sampler_seed",
                                                     "skip_type",
                                                     "rho"};

std::string_view value_of(const SafetensorsMetadata& metadata, std::string_view key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : found->second;
}

bool has(const WeightFile& file, std::string_view name) {
  return std::ranges::find(file.tensors, name, &StoredTensor::name) != file.tensors.end();
}

// A count that trainers leave in the file; -1 if there is none.
std::int64_t global_step(const WeightFile& file) {
  const auto found = std::ranges::find(file.tensors, "global_step", &StoredTensor::name);
  std::int64_t step = -1;
  if (found != file.tensors.end() && found->dtype == StoredDtype::i64 && found->bytes.size() == sizeof step) {
    std::memcpy(&step, found->bytes.data(), sizeof step);
  }
  return step;
}

template <typename Enum>
Enum one_of(JsonReader& reader, std::string_view key, std::span<const Named<Enum>> choices) {
  const std::string& word = reader.string(key);
  for (const Named<Enum>& choice : choices) {
    if (choice.name == word) return choice.value;
  }
  reader.fail(key, "\"" + printable(word) + "\" is not known here");
}

// Python writes infinities, which JSON has not: they become null. Everything else is kept.
std::string without_infinities(std::string_view text) {
  std::string result;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\' && i + 1 < text.size()) result += text[i++];
    const std::string_view rest = text.substr(i);
    const std::string_view word = quoted                          ? ""
                                  : rest.starts_with("-Infinity") ? "-Infinity"
                                  : rest.starts_with("Infinity")  ? "Infinity"
                                                                  : "";
    result += word.empty() ? std::string(1, text[i]) : "null";
    if (!word.empty()) i += word.size() - 1;
  }
  return result;
}

// The lines of one class, and what the file says over them.
class ConfigReader {
 public:
  ConfigReader(const Json& json, const std::string& where) : where_(where), reader_(json, where, ErrorKind::bad_data) {}

  Schedule read(std::optional<PredictionType> said) {
    Schedule schedule{.noise = kShared};
    NoiseScheduleConfig& noise = schedule.noise;
    // What a file leaves out is what diffusers' classes have, not what Stable Diffusion was trained with.
    noise.beta_schedule = BetaSchedule::linear;
    noise.beta_start = 0.0001;
    noise.beta_end = 0.02;
    noise.steps_offset = 0;
    read_class(schedule);
    if (reader_.has("num_train_timesteps"))
      noise.train_steps = static_cast<int>(reader_.integer("num_train_timesteps", 2, 100000));
    if (reader_.has("beta_schedule"))
      noise.beta_schedule = one_of<BetaSchedule>(reader_, "beta_schedule", kBetaSchedules);
    if (reader_.has("beta_start")) noise.beta_start = reader_.real("beta_start", 1e-9, 0.999);
    if (reader_.has("beta_end")) noise.beta_end = reader_.real("beta_end", noise.beta_start, 0.999);
    if (reader_.has("prediction_type"))
      noise.prediction_type = one_of<PredictionType>(reader_, "prediction_type", kPredictionTypes);
    if (said && *said != noise.prediction_type) {
      schedule.notes.push_back("prediction type: " + std::string(name_of(*said)) + ", as you say; " + where_ +
                               " says " + std::string(name_of(noise.prediction_type)));
      noise.prediction_type = *said;
    }
    if (reader_.has("timestep_spacing"))
      noise.timestep_spacing = one_of<TimestepSpacing>(reader_, "timestep_spacing", kTimestepSpacings);
    if (reader_.has("steps_offset")) noise.steps_offset = static_cast<int>(reader_.integer("steps_offset", 0, 100));
    if (reader_.has("set_alpha_to_one")) noise.set_alpha_to_one = reader_.boolean("set_alpha_to_one");
    noise.rescale_betas_zero_snr = reader_.has("rescale_betas_zero_snr") && reader_.boolean("rescale_betas_zero_snr");
    read_sigmas(schedule);
    tell_others(schedule);
    return schedule;
  }

 private:
  void read_class(Schedule& schedule) {
    const std::string name = reader_.has("_class_name") ? reader_.string("_class_name") : "";
    if (name.find("Flow") != std::string::npos || name == kEdmClass) {
      reader_.fail("_class_name",
                   printable(name) + " is for models of another kind of noise, which are not known here");
    }
    const auto* const algorithm_type =
        reader_.has("algorithm_type") ? std::get_if<std::string>(&reader_.at("algorithm_type").value) : nullptr;
    const SamplerInfo* const sampler = sampler_of(name, algorithm_type == nullptr ? "" : *algorithm_type);
    if (sampler == nullptr) {
      schedule.notes.push_back("sampling method: dpm++2m; " + where_ + " names \"" + printable(name) +
                               "\", which is not known here");
      return;
    }
    NoiseScheduleConfig& noise = schedule.noise;
    noise.timestep_spacing = sampler->diffusers.timestep_spacing;
    noise.set_alpha_to_one = sampler->diffusers.set_alpha_to_one;
    if (sampler->diffusers.scaled_linear_betas) {
      noise.beta_schedule = kShared.beta_schedule;
      noise.beta_start = kShared.beta_start;
      noise.beta_end = kShared.beta_end;
    }
    schedule.sampling_method = sampler->method;
    schedule.scheduler = Scheduler::discrete;
  }

  // Which noise levels are visited by default.
  void read_sigmas(Schedule& schedule) {
    for (const SchedulerInfo& scheduler : schedulers()) {
      if (scheduler.diffusers_key.empty() || !reader_.has(scheduler.diffusers_key)) continue;
      const bool used = reader_.boolean(scheduler.diffusers_key);
      if (used && supports(schedule.sampling_method, scheduler.scheduler)) schedule.scheduler = scheduler.scheduler;
    }
  }

  void tell_others(Schedule& schedule) {
    if (reader_.has("trained_betas") && !std::holds_alternative<std::nullptr_t>(reader_.at("trained_betas").value)) {
      reader_.fail("trained_betas", "a list of its own instead of a schedule, which is not known here");
    }
    constexpr std::array<std::string_view, 9> read = {
        "num_train_timesteps",   "beta_schedule",    "beta_start",   "beta_end",
        "prediction_type",       "timestep_spacing", "steps_offset", "set_alpha_to_one",
        "rescale_betas_zero_snr"};
    for (const std::string& key : reader_.keys()) {
      if (std::ranges::find(read, key) != read.end() || std::ranges::find(kSilent, key) != kSilent.end()) continue;
      const bool sigmas = std::ranges::any_of(
          schedulers(), [&](const SchedulerInfo& scheduler) { return !key.empty() && key == scheduler.diffusers_key; });
      const std::string value = dump_json(reader_.at(key));
      const bool usual =
          std::ranges::any_of(kUsual, [&](const Usual& entry) { return entry.key == key && entry.json == value; });
      if (sigmas || usual) continue;
      schedule.notes.push_back("not followed: " + printable(key) + " " + printable(value, 60) + " of " + where_);
    }
  }

  std::string where_;
  JsonReader reader_;
};

}  // namespace

std::string_view name_of(PredictionType type) {
  return std::ranges::find(kPredictionTypes, type, &Named<PredictionType>::value)->name;
}

std::optional<PredictionType> prediction_type_of(std::string_view name) {
  const auto found = std::ranges::find(kPredictionTypes, name, &Named<PredictionType>::name);
  return found == kPredictionTypes.end() ? std::nullopt : std::optional(found->value);
}

Schedule schedule_of(const WeightFile& file, Family family, std::optional<PredictionType> said) {
  Schedule schedule{.noise = kShared};
  NoiseScheduleConfig& noise = schedule.noise;
  const std::string_view metadata = value_of(file.metadata, "modelspec.prediction_type");
  const std::optional<PredictionType> stated = prediction_type_of(metadata);
  std::string why;
  if (said) {
    noise.prediction_type = *said;
  } else if (has(file, "v_pred")) {
    noise.prediction_type = PredictionType::v_prediction;
    why = "the file marks it (v_pred)";
  } else if (stated) {
    noise.prediction_type = *stated;
    why = "the file's metadata say so";
  } else if (family == Family::sd2 && is_for_inpainting(file)) {
    why = "as the published model for inpainting";
  } else if (family == Family::sd2) {
    const bool base = global_step(file) == kBaseSteps;
    noise.prediction_type = base ? PredictionType::epsilon : PredictionType::v_prediction;
    why =
        base ? "its step count is that of the 512-pixel base model; if pictures are noise, import with "
               "--prediction-type v"
             : "assumed, as the file does not say it; for a 512-pixel base model import with --prediction-type epsilon";
  }
  if (!why.empty())
    schedule.notes.push_back("prediction type: " + std::string(name_of(noise.prediction_type)) + ", " + why);
  if (has(file, "ztsnr")) {
    noise.rescale_betas_zero_snr = true;
    noise.timestep_spacing = TimestepSpacing::trailing;
    schedule.notes.push_back("noise schedule: the last step is pure noise, the file marks it (ztsnr)");
  }
  return schedule;
}

Schedule read_scheduler_config(std::string_view json, const std::string& where, std::optional<PredictionType> said) {
  const Json config = parse_json(without_infinities(json), where, ErrorKind::bad_data);
  return ConfigReader(config, where).read(said);
}

}  // namespace sfumato

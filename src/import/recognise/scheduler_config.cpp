#include "import/recognise/scheduler_config.h"

#include <algorithm>
#include <array>

#include "api/sampler_info.h"
#include "base/json.h"
#include "base/printable.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/prediction_type.h"

namespace sfumato {
namespace {

constexpr std::array<Named<PredictionType>, 2> kEdmPredictionTypes = {{
    {PredictionType::epsilon, "epsilon"},
    {PredictionType::v_prediction, "v_prediction"},
}};
constexpr std::array<Named<BetaSchedule>, 2> kBetaSchedules = {{
    {BetaSchedule::linear, "linear"},
    {BetaSchedule::scaled_linear, "scaled_linear"},
}};

// EDMEulerScheduler of CosXL, EDMDPMSolverMultistepScheduler of Playground 2.5
constexpr std::string_view kEdm = "EDM";
// Of these classes, for what a file leaves out.
constexpr EdmNoise kEdmDefaults = {.sigma_data = 0.5, .sigma_min = 0.002, .sigma_max = 80};
constexpr double kEdmRho = 7;

// The method of a diffusers class; of a class with several methods, that of algorithm_type and solver_type. nullptr:
// none has it.
const SamplerInfo* sampler_of(std::string_view class_name, std::string_view algorithm_type,
                              std::string_view solver_type) {
  const SamplerInfo* found = nullptr;
  for (const SamplerInfo& sampler : samplers()) {
    const DiffusersScheduler& its = sampler.diffusers;
    if (class_name.empty() || (its.class_name != class_name && its.edm_class_name != class_name)) continue;
    const bool is_it =
        its.algorithm_type == algorithm_type && (its.solver_type.empty() || its.solver_type == solver_type);
    if (found == nullptr || is_it) found = &sampler;
  }
  return found;
}

// Settings that are ignored, with the values that change nothing. Any other value becomes a note.
struct Harmless {
  std::string_view key;
  std::string_view json;
};
constexpr std::array<Harmless, 32> kHarmless = {{
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
// Settings without an effect of their own.
constexpr std::array<std::string_view, 8> kNoEffect = {"_class_name",
                                                       "_diffusers_version",
                                                       "dynamic_thresholding_ratio",
                                                       "sample_max_value",
                                                       "clip_sample_range",
                                                       "noise_sampler_seed",
                                                       "skip_type",
                                                       "rho"};

template <typename Enum>
Enum one_of(JsonReader& reader, std::string_view key, std::span<const Named<Enum>> choices) {
  const std::string& word = reader.string(key);
  for (const Named<Enum>& choice : choices) {
    if (choice.name == word) return choice.value;
  }
  reader.fail(key, "\"" + printable(word) + "\" is not supported");
}

// Python writes infinities, which JSON lacks: they become null.
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

class ConfigReader {
 public:
  ConfigReader(const Json& json, const std::string& where) : where_(where), reader_(json, where, ErrorKind::bad_data) {}

  Schedule read(std::optional<PredictionType> explicit_type) {
    if (class_name().starts_with(kEdm)) return read_edm(explicit_type);
    Schedule schedule{.noise = kStableDiffusionNoise};
    NoiseScheduleConfig& noise = schedule.noise;
    // What a file leaves out has the default of diffusers' classes, not of Stable Diffusion's training.
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
    read_prediction_type(schedule, explicit_type);
    if (reader_.has("timestep_spacing"))
      noise.timestep_spacing = one_of<TimestepSpacing>(reader_, "timestep_spacing", names<TimestepSpacing>());
    if (reader_.has("steps_offset")) noise.steps_offset = static_cast<int>(reader_.integer("steps_offset", 0, 100));
    if (reader_.has("set_alpha_to_one")) noise.set_alpha_to_one = reader_.boolean("set_alpha_to_one");
    noise.rescale_betas_zero_snr = reader_.has("rescale_betas_zero_snr") && reader_.boolean("rescale_betas_zero_snr");
    read_sigmas(schedule);
    constexpr std::array<std::string_view, 9> read = {
        "num_train_timesteps",   "beta_schedule",    "beta_start",   "beta_end",
        "prediction_type",       "timestep_spacing", "steps_offset", "set_alpha_to_one",
        "rescale_betas_zero_snr"};
    note_ignored(schedule, read);
    return schedule;
  }

 private:
  std::string class_name() { return reader_.has("_class_name") ? reader_.string("_class_name") : ""; }

  double real_or(std::string_view key, double lowest, double highest, double otherwise) {
    return reader_.has(key) ? reader_.real(key, lowest, highest) : otherwise;
  }

  Schedule read_edm(std::optional<PredictionType> explicit_type) {
    Schedule schedule;
    EdmNoise& noise = schedule.noise.edm.emplace();
    noise.sigma_data = real_or("sigma_data", 1e-3, 1e3, kEdmDefaults.sigma_data);
    noise.sigma_min = real_or("sigma_min", kMinSigma, kMaxSigma, kEdmDefaults.sigma_min);
    noise.sigma_max = real_or("sigma_max", kMinSigma, kMaxSigma, kEdmDefaults.sigma_max);
    if (noise.sigma_min >= noise.sigma_max) reader_.fail("sigma_max", "is not above sigma_min");
    read_sampler(schedule);
    if (reader_.has("sigma_schedule")) {
      const std::string& name = reader_.string("sigma_schedule");
      const auto known = std::ranges::find(schedulers(), name, &SchedulerInfo::edm_name);
      if (name.empty() || known == schedulers().end()) {
        reader_.fail("sigma_schedule", "\"" + printable(name) + "\" is not supported");
      }
      schedule.scheduler = known->scheduler;
    }
    if (reader_.has("prediction_type")) {
      schedule.noise.prediction_type = one_of<PredictionType>(reader_, "prediction_type", kEdmPredictionTypes);
    }
    if (explicit_type) check_edm_type(*explicit_type);
    take_explicit(schedule, explicit_type);
    if (const double rho = real_or("rho", 1e-3, kMaxRho, kEdmRho); rho != kEdmRho) {
      schedule.notes.push_back("ignored: rho " + dump_json({rho}) + " of " + where_ + "; give `rho` with a picture");
    }
    constexpr std::array<std::string_view, 6> read = {"sigma_data",     "sigma_min",       "sigma_max",
                                                      "sigma_schedule", "prediction_type", "num_train_timesteps"};
    note_ignored(schedule, read);
    return schedule;
  }

  void read_prediction_type(Schedule& schedule, std::optional<PredictionType> explicit_type) {
    PredictionType& type = schedule.noise.prediction_type;
    if (reader_.has("prediction_type")) {
      const std::string& name = reader_.string("prediction_type");
      const std::optional<PredictionType> known = prediction_type_of(name);
      if (!known) reader_.fail("prediction_type", "\"" + printable(name) + "\" is not supported");
      type = *known;
    }
    take_explicit(schedule, explicit_type);
  }

  void take_explicit(Schedule& schedule, std::optional<PredictionType> explicit_type) {
    PredictionType& type = schedule.noise.prediction_type;
    if (!explicit_type || *explicit_type == type) return;
    schedule.notes.push_back("prediction type: " + std::string(name_of(*explicit_type)) + ", as requested; " + where_ +
                             " states " + std::string(name_of(type)));
    type = *explicit_type;
  }

  void read_class(Schedule& schedule) {
    const std::string name = class_name();
    if (name.find("Flow") != std::string::npos) {
      reader_.fail("_class_name", printable(name) + " is for models of another kind of noise, which are not supported");
    }
    const SamplerInfo* const sampler = read_sampler(schedule);
    if (sampler == nullptr) return;
    NoiseScheduleConfig& noise = schedule.noise;
    noise.set_alpha_to_one = sampler->diffusers.set_alpha_to_one;
    if (sampler->diffusers.scaled_linear_betas) {
      noise.beta_schedule = kStableDiffusionNoise.beta_schedule;
      noise.beta_start = kStableDiffusionNoise.beta_start;
      noise.beta_end = kStableDiffusionNoise.beta_end;
    }
    schedule.scheduler = Scheduler::discrete;
  }

  // The class' sampling method; nullptr, and a note, if there is none.
  const SamplerInfo* read_sampler(Schedule& schedule) {
    const std::string name = class_name();
    const auto word = [this](const char* key) -> std::string {
      const auto* text = reader_.has(key) ? std::get_if<std::string>(&reader_.at(key).value) : nullptr;
      return text == nullptr ? "" : *text;
    };
    const SamplerInfo* const sampler = sampler_of(name, word("algorithm_type"), word("solver_type"));
    if (sampler == nullptr) {
      schedule.notes.push_back("sampling method: dpm++2m; " + where_ + " names \"" + printable(name) +
                               "\", which is not supported");
      return nullptr;
    }
    schedule.sampling_method = sampler->method;
    return sampler;
  }

  // The default scheduler, if the sampling method supports it.
  void read_sigmas(Schedule& schedule) {
    for (const SchedulerInfo& scheduler : schedulers()) {
      if (scheduler.diffusers_key.empty() || !reader_.has(scheduler.diffusers_key)) continue;
      const bool used = reader_.boolean(scheduler.diffusers_key);
      if (used && supports(schedule.sampling_method, scheduler.scheduler)) schedule.scheduler = scheduler.scheduler;
    }
  }

  // read: the keys that were read.
  void note_ignored(Schedule& schedule, std::span<const std::string_view> read) {
    if (reader_.has("trained_betas") && !std::holds_alternative<std::nullptr_t>(reader_.at("trained_betas").value)) {
      reader_.fail("trained_betas", "a list of betas instead of a schedule is not supported");
    }
    for (const std::string& key : reader_.keys()) {
      if (std::ranges::find(read, key) != read.end() || std::ranges::find(kNoEffect, key) != kNoEffect.end()) continue;
      const bool sigmas = std::ranges::any_of(
          schedulers(), [&](const SchedulerInfo& scheduler) { return !key.empty() && key == scheduler.diffusers_key; });
      const std::string value = dump_json(reader_.at(key));
      const bool harmless = std::ranges::any_of(
          kHarmless, [&](const Harmless& entry) { return entry.key == key && entry.json == value; });
      if (sigmas || harmless) continue;
      schedule.notes.push_back("ignored: " + printable(key) + " " + printable(value, 60) + " of " + where_);
    }
  }

  std::string where_;
  JsonReader reader_;
};

}  // namespace

Schedule read_scheduler_config(std::string_view json, const std::string& where,
                               std::optional<PredictionType> explicit_type) {
  const Json config = parse_json(without_infinities(json), where, ErrorKind::bad_data);
  return ConfigReader(config, where).read(explicit_type);
}

}  // namespace sfumato

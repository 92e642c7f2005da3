#include "cli/settings_flags.h"

#include "base/printable.h"
#include "import/recognise/prediction_type.h"
#include "jobs/job_values.h"
#include "jobs/option_words.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

OptionSettings defaults_of(const ParsedArgs& args) {
  OptionSettings settings;
  for (const std::string_view name : kModelDefaults) {
    const JobOption* option = find_job_option(name);
    const auto text = args.value(flag_of(*option));
    if (!text) continue;
    JobValues({}).set(*option, *text);  // throws for what is no value of it
    settings.push_back({.option = option, .texts = {*text}});
  }
  return settings;
}

}  // namespace

PredictionType prediction_type_in(const std::string& text) {
  if (const auto type = prediction_type_of(text)) return *type;
  throw Error(ErrorKind::usage, "--prediction-type: \"" + printable(text) +
                                    "\" is not known; one of epsilon, v_prediction, sample is expected.");
}

std::vector<FlagSpec> settings_flags() {
  using Value = FlagSpec::Value;
  std::vector<FlagSpec> flags = {{.name = "--name", .value = Value::text},
                                 {.name = "--license", .value = Value::text},
                                 {.name = "--prediction-type", .value = Value::text},
                                 {.name = "--zero-snr", .value = Value::boolean},
                                 {.name = "--timestep-spacing", .value = Value::text}};
  for (const std::string_view name : kModelDefaults) {
    flags.push_back({.name = flag_of(*find_job_option(name)), .value = Value::text});
  }
  return flags;
}

ModelSettings settings_of(const ParsedArgs& args) {
  ModelSettings settings{.name = args.value("--name").value_or(""), .license = args.value("--license").value_or("")};
  if (const auto text = args.value("--prediction-type")) settings.prediction_type = prediction_type_in(*text);
  if (const auto text = args.value("--zero-snr")) settings.zero_snr = *text == "true";
  if (const auto text = args.value("--timestep-spacing")) {
    settings.timestep_spacing = value_named<TimestepSpacing>("--timestep-spacing", *text);
  }
  settings.defaults = defaults_of(args);
  return settings;
}

std::string_view settings_help() {
  return R"(  --name NAME              the model's name in pictures
  --license TEXT           an SPDX expression
  --prediction-type NAME   what the U-Net predicts: epsilon, v_prediction or sample
  --zero-snr               the last training step is pure noise; the default sampler becomes euler, discrete, trailing
  --timestep-spacing NAME  leading, trailing or linspace, of all samplers; where no file says it, each sampler has its own
  --size WxH, --steps N, --cfg-scale X, --sampling-method NAME, --scheduler NAME, --clip-skip N
                           the model's defaults for pictures, such as --steps 4 --cfg-scale 1 --sampling-method euler
                           --scheduler sgm_uniform for a distilled model, of which no file says that it is one
)";
}

}  // namespace sfumato

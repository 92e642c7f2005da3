#include "import/write/model_settings.h"

#include <cstdint>
#include <span>
#include <vector>

#include "base/read_file.h"
#include "base/shown_path.h"
#include "bundle/check_model_inputs.h"
#include "bundle/model_json.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/schedule.h"
#include "jobs/job_values.h"
#include "output/publish.h"

namespace sfumato {
namespace {

// What EDM noise does not have.
void check_settings(const ModelSettings& settings, const ModelConfig& config) {
  if (!config.noise_schedule.edm) return;
  if (settings.prediction_type) check_edm_type(*settings.prediction_type);
  if (!settings.zero_snr && !settings.timestep_spacing) return;
  throw Error(ErrorKind::usage, std::string(settings.zero_snr ? "`zero_snr`" : "`timestep_spacing`") +
                                    ": this model's noise (EDM) has no training timesteps. Leave it out.");
}

void set_zero_snr(ModelConfig& config, bool zero_snr) {
  if (zero_snr) {
    end_in_noise(config.noise_schedule, config.defaults.sampling_method, config.defaults.scheduler);
  } else {
    config.noise_schedule.rescale_betas_zero_snr = false;
  }
}

void set_defaults(ModelConfig& config, const OptionSettings& settings) {
  JobValues values(default_options(config));
  for (const OptionSetting& setting : settings) values.set(*setting.option, setting.texts.front());
  const GenerateOptions options = values.resolved();
  check(options, config.latents.downscale);
  check_noise_kind(options, config);
  ModelDefaults& defaults = config.defaults;
  defaults.width = options.width;
  defaults.height = options.height;
  defaults.steps = options.steps;
  defaults.cfg_scale = options.cfg_scale;
  defaults.sampling_method = options.sampling_method;
  defaults.scheduler = options.scheduler;
  defaults.clip_skip = options.clip_skip;
}

}  // namespace

void apply(const ModelSettings& settings, ModelConfig& config) {
  check_settings(settings, config);
  if (!settings.name.empty()) config.name = settings.name;
  if (!settings.license.empty()) config.license = settings.license;
  if (settings.prediction_type) config.noise_schedule.prediction_type = *settings.prediction_type;
  if (settings.zero_snr) set_zero_snr(config, *settings.zero_snr);
  if (settings.timestep_spacing) config.noise_schedule.timestep_spacing = settings.timestep_spacing;
  set_defaults(config, settings.defaults);
}

void change_bundle(const std::filesystem::path& path, const ModelSettings& settings) {
  const Folder folder(path);
  const std::string where = shown_path(path / kModelJson);
  const std::vector<std::uint8_t> bytes = read_file(path / kModelJson, kMaxModelJson);
  ModelDescription model =
      read_model_json(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), where);
  apply(settings, model.config);
  const std::string text = write_model_json(model);
  (void)read_model_json(text, where);  // a bundle that cannot be read is an error now
  publish(folder, kModelJson, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()),
          /*overwrite=*/true);
}

}  // namespace sfumato

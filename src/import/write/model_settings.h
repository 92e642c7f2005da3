// What a person says of a model, over what its files say.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/model_config.h"
#include "jobs/option_settings.h"

namespace sfumato {

// The options of a picture whose defaults a bundle stores.
inline constexpr std::array<std::string_view, 6> kModelDefaults = {"size",      "steps",     "cfg_scale",
                                                                   "scheduler", "clip_skip", "sampling_method"};

struct ModelSettings {
  std::string name{};     // of the model; empty: as it is
  std::string license{};  // SPDX expression; empty: as it is
  std::optional<PredictionType> prediction_type{};
  std::optional<bool> zero_snr{};  // NoiseScheduleConfig::rescale_betas_zero_snr
  std::optional<TimestepSpacing> timestep_spacing{};
  OptionSettings defaults{};  // options of kModelDefaults with one text each; others have no effect

  [[nodiscard]] bool is_empty() const {
    return name.empty() && license.empty() && !prediction_type && !zero_snr && !timestep_spacing && defaults.empty();
  }
};

// Zero SNR brings its sampler with it (end_in_noise() of import/recognise/schedule.h); without it spacing and sampler
// stay as they are. A sampling method that cannot follow the model's scheduler takes discrete. Throws Error(usage) for
// values that do not go together.
void apply(const ModelSettings& settings, ModelConfig& config);

// Changes the bundle's model.json in one step: whatever happens, it is the old one or the new one. Its digest, by which
// pictures name their model, changes with it. Throws Error(input_missing) if there is no bundle, Error(bad_bundle) if
// its model.json is not one, Error(usage) as apply() does, Error(cannot_create) or Error(io_error).
void change_bundle(const std::filesystem::path& folder, const ModelSettings& settings);

}  // namespace sfumato

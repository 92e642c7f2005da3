// What a checkpoint in one file says of EDM noise (Karras et al. 2022), as ComfyUI reads it.
#pragma once

#include <optional>

#include "import/recognise/schedule.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// The tensors edm_mean and edm_std mark Playground 2.5: epsilon, sigma_data 0.5, sigmas from 0.002 to 80. The tensor
// edm_vpred.sigma_max marks CosXL: v_prediction, sigma_data 1, sigmas from edm_vpred.sigma_min (0.002 if it is missing)
// to it. nullopt: the file has none of them. An explicit prediction type wins. Throws Error(bad_data) for tensors of
// both, and for numbers that are no noise levels; Error(usage) for an explicit type that EDM noise does not have.
[[nodiscard]] std::optional<Schedule> edm_schedule(const WeightFile& file, std::optional<PredictionType> explicit_type);

// The mean and the standard deviation of Playground 2.5's latents, with its scaling factor; nullopt: the file has none.
// Throws Error(bad_data) if one of the two is missing or they are no numbers for channels.
[[nodiscard]] std::optional<LatentConfig> edm_latents(const WeightFile& file);

// Throws Error(bad_data), which begins with `where`, unless all are finite, as many as each other, and the deviations
// above 0. The names are those of the source: "edm_mean", "edm_std".
void check_statistics(const LatentConfig& latents, std::string_view mean, std::string_view deviation,
                      const std::string& where);

// Throws Error(usage) for a type that EDM noise does not have: sample.
void check_edm_type(PredictionType type);

}  // namespace sfumato

// The noise schedule of a checkpoint in one file, which states little of it.
#pragma once

#include <optional>

#include "bundle/family.h"
#include "import/recognise/schedule.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// EDM noise if the file marks it (edm_markers.h). Otherwise kStableDiffusionNoise with a prediction type, which is the
// first of these that is known: the explicit one; the tensor `v_pred`, which marks v-prediction; the metadata
// (modelspec.prediction_type, modelspec.predict_key, modelspec.architecture); a .yaml of the same stem
// (original_config.h); of Stable Diffusion 2 its step count, or its weights; the family's (FamilyPrediction).
// A tensor `ztsnr`, or alphas_cumprod that end at 0, mean a last training step of pure noise, which is drawn with euler
// on trailing timesteps. What was read or assumed becomes a note that says where it was read. Throws Error(bad_data)
// for a marker that is none, for alphas_cumprod of another schedule, and as original_config.h and edm_markers.h do.
[[nodiscard]] Schedule checkpoint_schedule(const WeightFile& file, const FamilyInfo& family,
                                           std::optional<PredictionType> explicit_type);

// Whether the file itself says what its U-Net predicts, or with which noise it was trained.
[[nodiscard]] bool states_schedule(const WeightFile& file, const FamilyInfo& family);

}  // namespace sfumato

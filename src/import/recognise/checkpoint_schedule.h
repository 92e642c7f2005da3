// The noise schedule of a checkpoint in one file, which states little of it.
#pragma once

#include <optional>

#include "bundle/family.h"
#include "import/recognise/schedule.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// kStableDiffusionNoise with a prediction type, which is the first of these that is known: the explicit one; the tensor
// `v_pred`, which marks v-prediction; the metadata (modelspec.prediction_type); the family's (FamilyPrediction). A
// tensor `ztsnr` marks a last training step of pure noise. What was assumed or read from marks becomes a note.
[[nodiscard]] Schedule checkpoint_schedule(const WeightFile& file, const FamilyInfo& family,
                                           std::optional<PredictionType> explicit_type);

}  // namespace sfumato

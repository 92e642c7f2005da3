// The noise schedule of what is imported: what a file says of it, and what is assumed where it says nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/family.h"
#include "bundle/model_config.h"
#include "import/recognise/weight_file.h"

namespace sfumato {

// The part of a bundle's numbers that follows from the schedule, and what people should know of it, a line each.
struct Schedule {
  NoiseScheduleConfig noise{};
  SamplingMethod sampling_method = SamplingMethod::dpmpp_2m;
  Scheduler scheduler = Scheduler::karras;
  std::vector<std::string> notes{};
};

// Of a checkpoint in one file, which does not say it: the schedule that all families share. What the network predicts
// is epsilon, but in Stable Diffusion 2, where it is v, as diffusers assumes, unless the file's step count is that of
// the 512-pixel base model. Files mark v-prediction with a tensor `v_pred`, and a last step of pure noise with `ztsnr`;
// some say it in their metadata (modelspec.prediction_type). `said` wins over everything.
[[nodiscard]] Schedule schedule_of(const WeightFile& file, Family family, std::optional<PredictionType> said);

// diffusers' scheduler_config.json. Throws Error(bad_data) beginning with `where` if a value is not what it can be or
// would need a schedule that is not known here; a setting that only changes how a sampler works, and is not followed,
// is told in the notes.
[[nodiscard]] Schedule read_scheduler_config(std::string_view json, const std::string& where,
                                             std::optional<PredictionType> said);

[[nodiscard]] std::string_view name_of(PredictionType type);
// "epsilon" (also "eps"), "v_prediction" (also "v"), "sample".
[[nodiscard]] std::optional<PredictionType> prediction_type_of(std::string_view name);

}  // namespace sfumato

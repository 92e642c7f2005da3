#include "import/recognise/checkpoint_schedule.h"

#include <algorithm>
#include <cstring>

#include "import/recognise/prediction_type.h"
#include "import/recognise/recognise.h"

namespace sfumato {
namespace {

bool has_tensor(const WeightFile& file, std::string_view name) {
  return std::ranges::find(file.tensors, name, &StoredTensor::name) != file.tensors.end();
}

// The step count that some trainers store; nullopt if the file has none.
std::optional<std::int64_t> global_step(const WeightFile& file) {
  const auto found = std::ranges::find(file.tensors, "global_step", &StoredTensor::name);
  std::int64_t step = 0;
  if (found == file.tensors.end() || found->dtype != StoredDtype::i64 || found->bytes.size() != sizeof step) {
    return std::nullopt;
  }
  std::memcpy(&step, found->bytes.data(), sizeof step);
  return step;
}

std::optional<PredictionType> metadata_type(const WeightFile& file) {
  const auto found = file.metadata.find("modelspec.prediction_type");
  return found == file.metadata.end() ? std::nullopt : prediction_type_of(found->second);
}

// A prediction type and its reason, which is empty if it needs no note.
struct Guess {
  PredictionType type = PredictionType::epsilon;
  std::string why{};
};

Guess guess_by_family(const WeightFile& file, const FamilyInfo& family) {
  const FamilyPrediction& prediction = family.prediction;
  if (prediction.type == PredictionType::epsilon) return {};
  if (is_for_inpainting(file)) return {prediction.inpainting, "as the published model for inpainting"};
  if (global_step(file) == prediction.epsilon_global_step) {
    return {PredictionType::epsilon,
            "its step count is that of the 512-pixel base model; if the images are noise, import with "
            "`prediction_type` v"};
  }
  return {prediction.type,
          "assumed, as the file does not state it; for a 512-pixel base model import with `prediction_type` epsilon"};
}

Guess guess(const WeightFile& file, const FamilyInfo& family, std::optional<PredictionType> explicit_type) {
  if (explicit_type) return {.type = *explicit_type};
  if (has_tensor(file, "v_pred")) return {PredictionType::v_prediction, "the file marks it (v_pred)"};
  if (const auto stated = metadata_type(file)) return {*stated, "the file's metadata state it"};
  return guess_by_family(file, family);
}

}  // namespace

Schedule checkpoint_schedule(const WeightFile& file, const FamilyInfo& family,
                             std::optional<PredictionType> explicit_type) {
  Schedule schedule{.noise = kStableDiffusionNoise};
  const auto [type, why] = guess(file, family, explicit_type);
  schedule.noise.prediction_type = type;
  if (!why.empty()) schedule.notes.push_back("prediction type: " + std::string(name_of(type)) + ", " + why);
  if (has_tensor(file, "ztsnr")) {
    schedule.noise.rescale_betas_zero_snr = true;
    schedule.noise.timestep_spacing = TimestepSpacing::trailing;
    schedule.notes.push_back("noise schedule: the last step is pure noise, the file marks it (ztsnr)");
  }
  return schedule;
}

}  // namespace sfumato

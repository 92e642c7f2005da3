#include "import/recognise/checkpoint_schedule.h"

#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/bad_data.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "import/recognise/alphas_cumprod.h"
#include "import/recognise/edm_markers.h"
#include "import/recognise/original_config.h"
#include "import/recognise/prediction_type.h"
#include "import/recognise/recognise.h"
#include "import/recognise/weight_map.h"
#include "numbers/numbers_in.h"

namespace sfumato {
namespace {

constexpr std::string_view kVPrediction = "v_pred";
constexpr std::string_view kZeroSnr = "ztsnr";

// Whether the file has a tensor that says something by being there: empty, or one number.
bool has_marker(const WeightFile& file, std::string_view name) {
  const StoredTensor* const marker = find_tensor(file, name);
  if (marker == nullptr) return false;
  if (marker->bytes.size() <= size_of(marker->dtype)) return true;
  throw_bad_data(file.where, std::string(name) + ": a marker is empty or one number, this has shape " +
                                 to_text(marker->shape) +
                                 ". Say what the U-Net predicts with `prediction_type`, or take another copy");
}

// The step count that some trainers store; nullopt if the file has none.
std::optional<std::int64_t> global_step(const WeightFile& file) {
  const StoredTensor* const found = find_tensor(file, "global_step");
  std::int64_t step = 0;
  if (found == nullptr || found->dtype != StoredDtype::i64 || found->bytes.size() != sizeof step) return std::nullopt;
  std::memcpy(&step, found->bytes.data(), sizeof step);
  return step;
}

// A prediction type and its reason, which is empty if it needs no note.
struct Guess {
  PredictionType type = PredictionType::epsilon;
  std::string why{};
};

std::optional<PredictionType> type_of_architecture(std::string_view architecture) {
  if (architecture.starts_with("stable-diffusion-v2-768-v")) return PredictionType::v_prediction;
  if (architecture.starts_with("stable-diffusion-v2-512")) return PredictionType::epsilon;
  return std::nullopt;
}

std::optional<Guess> read_metadata(const WeightFile& file, const FamilyInfo& family) {
  struct Key {
    std::string_view name;
    std::optional<PredictionType> (*type)(std::string_view);
  };
  constexpr std::array<Key, 3> keys = {{{"modelspec.prediction_type", prediction_type_of},
                                        {"modelspec.predict_key", prediction_type_of},
                                        {"modelspec.architecture", type_of_architecture}}};
  for (const Key& key : keys) {
    const auto found = file.metadata.find(key.name);
    if (found == file.metadata.end()) continue;
    // Of the other families the architecture says nothing of this.
    if (key.type == type_of_architecture && family.family != Family::sd2) continue;
    if (const auto type = key.type(found->second)) {
      return Guess{*type, "the file's metadata state it (" + std::string(key.name) + ")"};
    }
  }
  return std::nullopt;
}

std::optional<Guess> read_config_beside(const WeightFile& file) {
  std::filesystem::path path = file.path;
  path.replace_extension(".yaml");
  const std::optional<PredictionType> type = original_config_beside(path);
  if (!type) return std::nullopt;
  return Guess{*type, shown_path(path) + " states it (parameterization)"};
}

// Stable Diffusion 2's models of 768 pixels, and what was trained from them, have larger biases in their last attention
// than those of 512 pixels. The statistic and its limit are ComfyUI's.
Guess guess_by_weights(const WeightFile& file) {
  constexpr double limit = 0.09;
  constexpr std::string_view ldm = "output_blocks.11.1.transformer_blocks.0.norm1.bias";
  constexpr std::string_view diffusers = "up_blocks.3.attentions.2.transformer_blocks.0.norm1.bias";
  const StoredTensor* const bias = unet_tensor(file, find_unet(file), ldm, diffusers);
  const auto numbers = bias == nullptr ? std::nullopt : numbers_in(*bias);
  if (!numbers || numbers->size() < 2) {
    return {PredictionType::v_prediction,
            "assumed, as the file does not state it; for a 512-pixel base model import with `prediction_type` epsilon"};
  }
  double mean = 0;
  for (const float number : *numbers) mean += number / static_cast<double>(numbers->size());
  double squares = 0;
  for (const float number : *numbers) squares += (number - mean) * (number - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(numbers->size() - 1));
  const bool v = deviation > limit;
  return {v ? PredictionType::v_prediction : PredictionType::epsilon,
          "by the weights, as the file does not state it; if the images are noise, import with `prediction_type` " +
              std::string(v ? "epsilon" : "v")};
}

Guess guess_by_family(const WeightFile& file, const FamilyInfo& family) {
  const FamilyPrediction& prediction = family.prediction;
  if (prediction.type == PredictionType::epsilon) return {};
  if (is_for_inpainting(file)) return {prediction.inpainting, "as the published model for inpainting"};
  if (global_step(file) == prediction.epsilon_global_step) {
    return {PredictionType::epsilon,
            "its step count is that of the 512-pixel base model; if the images are noise, import with "
            "`prediction_type` v"};
  }
  return guess_by_weights(file);
}

Guess guess(const WeightFile& file, const FamilyInfo& family, std::optional<PredictionType> explicit_type) {
  const bool marked = has_marker(file, kVPrediction);
  if (explicit_type) return {.type = *explicit_type};
  if (marked) return {PredictionType::v_prediction, "the file marks it (v_pred)"};
  if (const auto stated = read_metadata(file, family)) return *stated;
  if (const auto stated = read_config_beside(file)) return *stated;
  return guess_by_family(file, family);
}

void end_in_noise(const std::string& why, Schedule& schedule) {
  end_in_noise(schedule.noise, schedule.sampling_method, schedule.scheduler);
  schedule.notes.push_back("noise schedule: the last step is pure noise, " + why +
                           "; the default is euler with discrete sigmas, trailing");
}

}  // namespace

Schedule checkpoint_schedule(const WeightFile& file, const FamilyInfo& family,
                             std::optional<PredictionType> explicit_type) {
  if (auto edm = edm_schedule(file, explicit_type)) return std::move(*edm);
  Schedule schedule{.noise = kStableDiffusionNoise};
  schedule.noise.timestep_spacing = family.timestep_spacing;
  const auto [type, why] = guess(file, family, explicit_type);
  schedule.noise.prediction_type = type;
  if (!why.empty()) schedule.notes.push_back("prediction type: " + std::string(name_of(type)) + ", " + why);
  const AlphasCumprod alphas = read_alphas_cumprod(file);
  if (has_marker(file, kZeroSnr)) {
    end_in_noise("the file marks it (ztsnr)", schedule);
  } else if (alphas == AlphasCumprod::zero_snr) {
    end_in_noise("the file's alphas_cumprod end at 0", schedule);
  }
  return schedule;
}

bool states_schedule(const WeightFile& file, const FamilyInfo& family) {
  return edm_schedule(file, std::nullopt) || has_marker(file, kVPrediction) || has_marker(file, kZeroSnr) ||
         read_metadata(file, family).has_value();
}

}  // namespace sfumato

#include "import/recognise/edm_markers.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/bad_data.h"
#include "import/recognise/prediction_type.h"
#include "numbers/numbers_in.h"

namespace sfumato {
namespace {

constexpr std::string_view kMean = "edm_mean";
constexpr std::string_view kDeviation = "edm_std";
constexpr std::string_view kHighest = "edm_vpred.sigma_max";
constexpr std::string_view kLowest = "edm_vpred.sigma_min";
constexpr EdmNoise kPlayground = {.sigma_data = 0.5, .sigma_min = 0.002, .sigma_max = 80};
constexpr double kPlaygroundFactor = 0.5;  // of its latents, as in diffusers and ComfyUI
constexpr EdmNoise kCosXl = {.sigma_data = 1, .sigma_min = 0.002, .sigma_max = 120};

std::string shown(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

[[noreturn]] void refuse(const WeightFile& file, std::string_view name, const std::string& what) {
  throw_bad_data(file.where, std::string(name) + ": " + what + ". Take another copy of the model");
}

// The sigma in a tensor of one number; `otherwise` if the file has none.
double sigma_in(const WeightFile& file, std::string_view name, double otherwise) {
  const StoredTensor* const tensor = find_tensor(file, name);
  if (tensor == nullptr) return otherwise;
  const auto numbers = numbers_in(*tensor);
  if (!numbers || numbers->size() != 1) refuse(file, name, "one number is expected, a noise level");
  // The float nearest to 0.002 is a little above it; six digits are what people wrote.
  const double sigma = std::stod(shown(numbers->front()));
  if (sigma >= kMinSigma && sigma <= kMaxSigma) return sigma;
  refuse(file, name, shown(sigma) + " is no noise level; a number from 1e-06 to 100000 is expected");
}

EdmNoise cosxl_noise(const WeightFile& file) {
  EdmNoise noise = kCosXl;
  noise.sigma_max = sigma_in(file, kHighest, noise.sigma_max);
  noise.sigma_min = sigma_in(file, kLowest, noise.sigma_min);
  if (noise.sigma_min < noise.sigma_max) return noise;
  refuse(file, kLowest, shown(noise.sigma_min) + " is not below sigma_max, " + shown(noise.sigma_max));
}

Schedule schedule_of(const EdmNoise& noise, PredictionType type, const std::string& why) {
  Schedule schedule;
  schedule.noise.prediction_type = type;
  schedule.noise.edm = noise;
  schedule.notes.push_back("noise schedule: EDM, sigmas from " + shown(noise.sigma_min) + " to " +
                           shown(noise.sigma_max) + ", " + why);
  return schedule;
}

std::vector<double> numbers_of(const WeightFile& file, std::string_view name) {
  const StoredTensor* const tensor = find_tensor(file, name);
  if (tensor == nullptr) refuse(file, name, "is missing, and its fellow is there");
  const auto numbers = numbers_in(*tensor, 256);
  if (!numbers || numbers->empty()) refuse(file, name, "a number for each channel of the latents is expected");
  return {numbers->begin(), numbers->end()};
}

}  // namespace

void check_edm_type(PredictionType type) {
  if (type != PredictionType::sample) return;
  throw Error(
      ErrorKind::usage,
      "`prediction_type`: with EDM noise a U-Net predicts epsilon or v_prediction, not sample. Take one of them, "
      "or leave `prediction_type` out.");
}

std::optional<Schedule> edm_schedule(const WeightFile& file, std::optional<PredictionType> explicit_type) {
  const bool playground = find_tensor(file, kMean) != nullptr || find_tensor(file, kDeviation) != nullptr;
  const bool cosxl = find_tensor(file, kHighest) != nullptr || find_tensor(file, kLowest) != nullptr;
  if (!playground && !cosxl) return std::nullopt;
  if (playground && cosxl) {
    refuse(file, kHighest, "marks CosXL, and edm_mean or edm_std Playground 2.5, which have other noise");
  }
  if (explicit_type) check_edm_type(*explicit_type);
  if (playground) {
    return schedule_of(kPlayground, explicit_type.value_or(PredictionType::epsilon),
                       "the file marks Playground 2.5 (edm_mean)");
  }
  Schedule schedule = schedule_of(cosxl_noise(file), explicit_type.value_or(PredictionType::v_prediction),
                                  "the file marks CosXL (edm_vpred)");
  // As diffusers' EDMEulerScheduler draws CosXL.
  schedule.sampling_method = SamplingMethod::euler;
  schedule.scheduler = Scheduler::exponential;
  return schedule;
}

std::optional<LatentConfig> edm_latents(const WeightFile& file) {
  if (find_tensor(file, kMean) == nullptr && find_tensor(file, kDeviation) == nullptr) return std::nullopt;
  LatentConfig latents;
  latents.scaling_factor = kPlaygroundFactor;
  latents.mean = numbers_of(file, kMean);
  latents.deviation = numbers_of(file, kDeviation);
  check_statistics(latents, kMean, kDeviation, file.where);
  return latents;
}

void check_statistics(const LatentConfig& latents, std::string_view mean, std::string_view deviation,
                      const std::string& where) {
  constexpr double highest = 1e6;
  const auto refuse = [&](std::string_view name, const std::string& what) {
    throw_bad_data(where, std::string(name) + ": " + what + ". Take another copy of the model");
  };
  for (const double number : latents.mean) {
    if (!(std::abs(number) <= highest)) refuse(mean, shown(number) + " is no mean of latents");
  }
  for (const double number : latents.deviation) {
    if (!(number >= 1e-6 && number <= highest)) {
      refuse(deviation, shown(number) + " is no standard deviation of latents, a positive number is expected");
    }
  }
  if (latents.mean.size() != latents.deviation.size()) {
    refuse(deviation, std::to_string(latents.deviation.size()) + " numbers, and " + std::string(mean) + " has " +
                          std::to_string(latents.mean.size()));
  }
}

}  // namespace sfumato

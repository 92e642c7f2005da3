#include "import/recognise/original_config.h"

#include <string>

#include "base/bad_data.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "base/yaml.h"
#include "import/recognise/prediction_type.h"

namespace sfumato {
namespace {

constexpr std::string_view kWanted = "model.params.parameterization";
constexpr std::string_view kAdvice =
    "Correct the file, or move it away from the model's file, or say what the U-Net predicts with `prediction_type`";

std::optional<PredictionType> type_in(const YamlValues& values, const std::string& where) {
  std::optional<PredictionType> type;
  for (const auto& [key, word] : values) {
    if (key != kWanted) continue;
    type = word == "x0" ? PredictionType::sample : prediction_type_of(word);
    if (!type) {
      throw_bad_data(where,
                     "parameterization: \"" + printable(word) + "\" is not known; one of eps, v, x0 is expected");
    }
  }
  return type;
}

}  // namespace

std::optional<PredictionType> original_config_type(std::string_view yaml, const std::string& where) {
  return type_in(yaml_values(yaml, where, std::string(kAdvice)), where);
}

std::optional<PredictionType> original_config_beside(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  return type_in(read_yaml(path, std::string(kAdvice)), shown_path(path));
}

}  // namespace sfumato

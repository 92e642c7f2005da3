#include "import/recognise/prediction_type.h"

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

// The first name of each type is the one that is written.
constexpr std::array<Named<PredictionType>, 5> kPredictionTypes = {{
    {PredictionType::epsilon, "epsilon"},
    {PredictionType::v_prediction, "v_prediction"},
    {PredictionType::sample, "sample"},
    {PredictionType::epsilon, "eps"},
    {PredictionType::v_prediction, "v"},
}};

}  // namespace

std::string_view name_of(PredictionType type) {
  return std::ranges::find(kPredictionTypes, type, &Named<PredictionType>::value)->name;
}

std::optional<PredictionType> prediction_type_of(std::string_view name) {
  const auto found = std::ranges::find(kPredictionTypes, name, &Named<PredictionType>::name);
  return found == kPredictionTypes.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace sfumato

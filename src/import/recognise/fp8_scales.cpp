#include "import/recognise/fp8_scales.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>

#include "base/bad_data.h"
#include "base/printable.h"
#include "numbers/numbers_in.h"

namespace sfumato {
namespace {

constexpr std::array<std::string_view, 2> kScales = {".scale_weight", ".weight_scale"};
constexpr std::array<std::string_view, 4> kOthers = {".scale_input", ".input_scale", ".comfy_quant", "scaled_fp8"};

bool ends_with_any(std::string_view name, std::span<const std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

float scale_in(const ClassifiedTensor& entry) {
  const auto numbers = numbers_in(*entry.tensor);
  const std::string name = printable(entry.tensor->name);
  if (!numbers || numbers->size() != 1) {
    throw_bad_data(entry.file->where, name + ": one number is expected as the scale of fp8 weights, it has " +
                                          std::to_string(numbers ? numbers->size() : 0) +
                                          ". Take the same model in another dtype");
  }
  const float scale = numbers->front();
  if (!(scale > 0) || !std::isfinite(scale)) {
    throw_bad_data(entry.file->where, name + ": the scale of fp8 weights is " + std::to_string(scale) +
                                          ", a positive number is expected. The file is damaged; take another copy");
  }
  return scale;
}

}  // namespace

void take_scales(std::vector<ClassifiedTensor>& tensors) {
  std::map<std::string_view, float> scales;  // by the weight's name without ".weight"
  for (ClassifiedTensor& entry : tensors) {
    const std::string_view name = entry.tensor->name;
    const bool is_scale = ends_with_any(name, kScales);
    if (!is_scale && !ends_with_any(name, kOthers)) continue;
    if (is_scale) scales.emplace(name.substr(0, name.rfind('.')), scale_in(entry));
    entry.slots.clear();
    entry.unused_as = "scales of fp8 weights";
  }
  if (scales.empty()) return;
  for (ClassifiedTensor& entry : tensors) {
    const std::string_view name = entry.tensor->name;
    if (!is_fp8(entry.tensor->dtype) || !name.ends_with(".weight")) continue;
    if (const auto scale = scales.find(name.substr(0, name.rfind('.'))); scale != scales.end()) {
      entry.scale = scale->second;
    }
  }
}

}  // namespace sfumato

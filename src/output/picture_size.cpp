#include "output/picture_size.h"

#include <algorithm>
#include <string_view>

namespace sfumato {
namespace {

template <typename Value>
const Value* value_at(const JsonObject& values, std::string_view key) {
  const auto found = std::ranges::find_if(values, [key](const auto& entry) { return entry.first == key; });
  return found == values.end() ? nullptr : std::get_if<Value>(&found->second.value);
}

}  // namespace

ImageSize size_of_picture(const GenerateOptions& options) {
  if (options.inpaint.area == InpaintArea::mask) return {};
  return {.width = options.width, .height = options.height};
}

std::optional<ImageSize> size_in(const JsonObject& values) {
  const auto* area = value_at<std::string>(values, "inpaint_area");
  if (area != nullptr && *area == "mask") return ImageSize{};
  const auto* width = value_at<std::int64_t>(values, "width");
  const auto* height = value_at<std::int64_t>(values, "height");
  if (width == nullptr || height == nullptr) return std::nullopt;
  return ImageSize{.width = static_cast<int>(*width), .height = static_cast<int>(*height)};
}

}  // namespace sfumato

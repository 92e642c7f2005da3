#include "image/one_colour.h"

#include <array>
#include <cstddef>
#include <cstdlib>

namespace sfumato {

std::optional<std::uint32_t> one_colour(const Image& image) {
  if (image.rgb.size() < 3) return std::nullopt;
  const std::array<int, 3> first = {image.rgb[0], image.rgb[1], image.rgb[2]};
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    if (std::abs(image.rgb[i] - first[i % 3]) > kSameColour) return std::nullopt;
  }
  return static_cast<std::uint32_t>(first[0] << 16 | first[1] << 8 | first[2]);
}

}  // namespace sfumato

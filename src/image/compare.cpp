#include "image/compare.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace sfumato {

Difference difference(const Image& a, const Image& b) {
  Difference result;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    const int distance = std::abs(int{a.rgb[i]} - int{b.rgb[i]});
    result.largest = std::max(result.largest, distance);
    sum += static_cast<std::uint64_t>(distance);
  }
  if (!a.rgb.empty()) result.mean = static_cast<double>(sum) / static_cast<double>(a.rgb.size());
  return result;
}

}  // namespace sfumato

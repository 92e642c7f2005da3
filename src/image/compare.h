// The difference between two images.
#pragma once

#include "sfumato/image.h"

namespace sfumato {

struct Difference {
  int largest = 0;  // of all 8-bit values
  double mean = 0;  // of all 8-bit values
};

// Requires the same width and height.
[[nodiscard]] Difference difference(const Image& a, const Image& b);

}  // namespace sfumato

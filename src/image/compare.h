// How far two pictures are apart.
#pragma once

#include "sfumato/image.h"

namespace sfumato {

struct Difference {
  int largest = 0;  // of all values, in steps of 255
  double mean = 0;  // of all values, in the same
};

// Both have the same width and height.
[[nodiscard]] Difference difference(const Image& a, const Image& b);

}  // namespace sfumato

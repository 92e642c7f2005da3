// An RGB image in memory.
#pragma once

#include <cstdint>
#include <vector>

namespace sfumato {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  // width * height * 3 bytes, rows from the top, no padding
};

}  // namespace sfumato

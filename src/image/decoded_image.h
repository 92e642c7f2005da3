// An image from an input file, decoded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sfumato {

// In pixels, after the EXIF orientation was applied.
struct ImageSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

// "640x480", for messages.
[[nodiscard]] inline std::string shown(ImageSize size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

struct DecodedImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgba;  // width * height * 4, rows from the top; straight alpha
  // width * height bytes. PNG with a palette: each pixel's index. Grey PNG of at most 8 bits: its value as it is stored
  // (0 to 15 with 4 bits). Empty for any other image.
  std::vector<std::uint8_t> values;
  bool palette = false;  // values are indices
  // Steps of decoding that a user may not expect, such as "turned as its EXIF data say"; mostly empty.
  std::vector<std::string> remarks;

  [[nodiscard]] ImageSize size() const { return {.width = width, .height = height}; }
};

}  // namespace sfumato

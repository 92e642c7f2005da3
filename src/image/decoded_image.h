// A picture that comes from outside, decoded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sfumato {

// In pixels, as the picture is to be seen: what EXIF says of its orientation is done.
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
  std::vector<std::uint8_t> rgba;  // width * height * 4, rows from the top; alpha is not multiplied in
  // Of a PNG with a palette: each pixel's index. Of a grey PNG of at most 8 bits: its value as it is stored (0 to 15
  // with 4 bits). Width * height of them; none of any other picture.
  std::vector<std::uint8_t> values;
  bool palette = false;  // values are indices
  // What was done or left out that a user may not expect, such as "turned as its EXIF says"; mostly empty.
  std::vector<std::string> remarks;

  [[nodiscard]] ImageSize size() const { return {.width = width, .height = height}; }
};

}  // namespace sfumato

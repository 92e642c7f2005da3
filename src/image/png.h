// PNG files in memory. png.cpp is the only file that knows stb_image_write.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sfumato/image.h"

namespace sfumato {

// A piece of text inside a PNG (W3C PNG, third edition, 11.3.3).
struct PngText {
  std::string keyword;  // 1 to 79 printable ASCII characters
  std::string text;     // valid UTF-8 without NUL; written as tEXt if Latin-1 can hold it, else as iTXt
};

// A complete PNG: 8 bit RGB, with the texts before the pixels. The same input gives the same bytes.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Image& image, std::span<const PngText> texts);

}  // namespace sfumato

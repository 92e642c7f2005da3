// Encoding PNG files. Only png.cpp includes stb_image_write.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sfumato/image.h"

namespace sfumato {

// A text chunk of a PNG (W3C PNG, third edition, 11.3.3).
struct PngText {
  std::string keyword;  // 1 to 79 printable ASCII characters
  std::string text;     // valid UTF-8 without NUL; a tEXt chunk if Latin-1 can represent it, otherwise iTXt
};

// A complete PNG: 8-bit RGB, with the texts before the pixels. Deterministic. Throws Error(internal) if memory is
// short.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Image& image, std::span<const PngText> texts);

}  // namespace sfumato

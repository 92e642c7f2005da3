// Decoding the pixels of a PNG. Only png_pixels.cpp includes libpng.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"
#include "image/png_chunks.h"

namespace sfumato {

// png: split_png(file). Throws Error(bad_data) beginning with `where` if libpng reports an error or a warning, or if a
// pixel's index is outside the palette. Ignores gamma and colour profiles.
[[nodiscard]] DecodedImage png_pixels(std::span<const std::uint8_t> file, const PngChunks& png,
                                      const std::string& where);

// The orientation of its eXIf chunk, 1 to 8 (exif.h).
[[nodiscard]] int png_orientation(const PngChunks& png);

}  // namespace sfumato

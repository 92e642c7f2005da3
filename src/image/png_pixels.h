// The pixels of a PNG. png_pixels.cpp is the only file that knows libpng.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"
#include "image/png_chunks.h"

namespace sfumato {

// png: what split_png made of `file`. Throws Error(bad_data) that begins with `where` if libpng has anything to say
// against it, or if a pixel's index is beyond the palette. Gamma and colour profiles are not looked at.
[[nodiscard]] DecodedImage png_pixels(std::span<const std::uint8_t> file, const PngChunks& png,
                                      const std::string& where);

// What its chunk eXIf says of its orientation, 1 to 8 (exif.h).
[[nodiscard]] int png_orientation(const PngChunks& png);

}  // namespace sfumato

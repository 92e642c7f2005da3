// Decoding JPEG files. Only read_jpeg.cpp includes libjpeg.
//
// Decoding is strict: warnings of libjpeg, such as a missing end, are errors. Limits (image_limits.h, and
// kMaxJpegScans) are checked before memory is allocated. Bytes after the end of the image are ignored.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"

namespace sfumato {

// A progressive JPEG has about ten scans. Each costs a pass over the image, however few bytes it has.
inline constexpr int kMaxJpegScans = 100;

// Throws Error(bad_data) beginning with `where` unless it is a whole JPEG of 8-bit values in grey, RGB, YCbCr, CMYK or
// YCCK. CMYK is read inverted, as Adobe writes it, and becomes RGB without its profile, with a remark.
[[nodiscard]] DecodedImage decode_jpeg(std::span<const std::uint8_t> file, const std::string& where);

// From the header, with the EXIF orientation applied.
[[nodiscard]] ImageSize jpeg_size(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace sfumato

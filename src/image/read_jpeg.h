// JPEG files that come from outside. read_jpeg.cpp is the only file that knows libjpeg.
//
// Reading is strict: what libjpeg only warns of, such as a missing end, is an error. Limits (image_limits.h, and
// kMaxJpegScans) hold before anything is allocated. What follows the end of the picture is not looked at.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"

namespace sfumato {

// A progressive JPEG needs about ten; each one more costs a pass over the picture, though it may take up no room.
inline constexpr int kMaxJpegScans = 100;

// Throws Error(bad_data) that begins with `where` if it is no whole JPEG of 8 bits a value in grey, RGB, YCbCr, CMYK or
// YCCK. CMYK is taken as Adobe writes it (inverted), and made RGB without its profile, which a remark says.
[[nodiscard]] DecodedImage decode_jpeg(std::span<const std::uint8_t> file, const std::string& where);

// From what stands before the pixels.
[[nodiscard]] ImageSize jpeg_size(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace sfumato

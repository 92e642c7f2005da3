// Decoding input images: PNG and JPEG, recognised by their first bytes, not by the file's name.
//
// Decoding is strict: warnings of libpng and libjpeg are errors, so that an image is never read in part. Limits
// (image_limits.h) are checked before memory is allocated. Errors name other formats. The EXIF orientation (exif.h) is
// applied. Colour profiles and gamma are ignored: values are taken as sRGB, like in diffusers.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"

namespace sfumato {

// Both throw Error(bad_data) beginning with `where` ("fox.jpg: ..."), which must be printable.

// From the header, without decoding pixels: an image whose size is known may still be damaged.
[[nodiscard]] ImageSize read_image_size(std::span<const std::uint8_t> file, const std::string& where);

// 16-bit values are rounded to 8; grey, palettes and CMYK become RGB; an animated PNG gives its first image.
[[nodiscard]] DecodedImage read_image(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace sfumato

// Pictures that come from outside: PNG and JPEG, told by their first bytes, whatever the file's name.
//
// Reading is strict: what libpng and libjpeg only warn of is an error, so that a picture is never read in part. Limits
// (image_limits.h) hold before anything is allocated. Other formats are refused by their names. Orientation, as EXIF
// says it (exif.h), is done. Colour profiles and gamma are not looked at: values are taken as sRGB, as diffusers does.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "image/decoded_image.h"

namespace sfumato {

// Both throw Error(bad_data) that begins with `where` ("fox.jpg: ..."); `where` is fit for one line already.

// From what stands before the pixels, without decoding any: a picture whose size is known may still turn out damaged.
[[nodiscard]] ImageSize size_of_picture(std::span<const std::uint8_t> file, const std::string& where);

// 16 bits a value are rounded to 8; grey, palettes and CMYK become RGB; of an animated PNG it is the first picture.
[[nodiscard]] DecodedImage read_image(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace sfumato

// PNG files that come from outside.
//
// A file is a PNG by its first bytes, whatever its name. Reading is strict: every checksum is checked, and what libpng
// only warns of is an error. Limits (image_limits.h) hold before anything is allocated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "image/decoded_image.h"
#include "image/image_limits.h"
#include "image/png.h"
#include "sfumato/image.h"

namespace sfumato {

inline constexpr std::size_t kMaxPngTextBytes = std::size_t{1} << 20;    // of one text that is stored compressed
inline constexpr std::size_t kMaxPngTextsBytes = std::size_t{16} << 20;  // of all texts of a file

struct PngFile {
  Image image;  // 8 bit RGB: grey and palettes are widened, 16 bit is rounded, transparency lies on white
  std::vector<PngText> texts;  // in the order of the file, from tEXt, zTXt and iTXt
};

// What a PNG says without its pixels.
struct PngTexts {
  int width = 0;
  int height = 0;
  std::vector<PngText> texts;
};

// Throws Error(input_missing) if the file is not there or cannot be read, Error(bad_data) if it is no whole PNG or
// beyond the limits.
[[nodiscard]] PngFile read_png(const std::filesystem::path& path);

// The same of a PNG in memory; messages begin with `where`.
[[nodiscard]] PngFile decode_png(std::span<const std::uint8_t> file, const std::string& where);

// The pixels with their transparency, and without the texts: those may be damaged.
[[nodiscard]] DecodedImage decode_png_picture(std::span<const std::uint8_t> file, const std::string& where);

// From the header, with what eXIf says; no pixel is decoded.
[[nodiscard]] ImageSize png_size(std::span<const std::uint8_t> file, const std::string& where);

// The texts only, for which no pixel is decoded; yet the file is known to be whole: every checksum to the last chunk is
// right, and the pixels' stream holds as many bytes as the header says. Takes 0.1 ms for a picture of 128 x 128.
[[nodiscard]] PngTexts read_png_texts(const std::filesystem::path& path);
[[nodiscard]] PngTexts decode_png_texts(std::span<const std::uint8_t> file, const std::string& where);

}  // namespace sfumato

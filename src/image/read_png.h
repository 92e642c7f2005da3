// Reading PNG files, with their texts.
//
// A file is a PNG by its first bytes, not by its name. Reading is strict: every checksum is verified, and warnings of
// libpng are errors. Limits (image_limits.h) are checked before memory is allocated.
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

inline constexpr std::size_t kMaxPngTexts = 1000;                        // of a file
inline constexpr std::size_t kMaxPngTextBytes = std::size_t{1} << 20;    // of one compressed text
inline constexpr std::size_t kMaxPngTextsBytes = std::size_t{16} << 20;  // of all texts of a file

struct PngFile {
  Image image;  // 8-bit RGB: grey and palettes are converted, 16-bit values rounded, transparency laid on white
  std::vector<PngText> texts;  // in the order of the file, from tEXt, zTXt and iTXt
};

// A PNG without its pixels.
struct PngTexts {
  int width = 0;
  int height = 0;
  std::vector<PngText> texts;
};

// Throws Error(input_missing) if the file cannot be read, Error(bad_data) if it is not a whole PNG or exceeds the
// limits.
[[nodiscard]] PngFile read_png(const std::filesystem::path& path);

// The same for a PNG in memory; messages begin with `where`.
[[nodiscard]] PngFile decode_png(std::span<const std::uint8_t> file, const std::string& where);

// The pixels with their transparency. The texts are not read and may be damaged.
[[nodiscard]] DecodedImage decode_png_rgba(std::span<const std::uint8_t> file, const std::string& where);

// From the header, with the EXIF orientation applied; no pixel is decoded.
[[nodiscard]] ImageSize png_size(std::span<const std::uint8_t> file, const std::string& where);

// The texts alone. No pixel is decoded, but the file is verified to be whole: every checksum matches, and the stream of
// the pixels has the size that the header implies. Takes 0.1 ms for an image of 128 x 128.
//
// trailing: bytes after the last chunk, which a picture of this program never has, are damage, or nothing.
enum class TrailingBytes { ignore, refuse };
[[nodiscard]] PngTexts read_png_texts(const std::filesystem::path& path,
                                      TrailingBytes trailing = TrailingBytes::ignore);
[[nodiscard]] PngTexts decode_png_texts(std::span<const std::uint8_t> file, const std::string& where,
                                        TrailingBytes trailing = TrailingBytes::ignore);

}  // namespace sfumato

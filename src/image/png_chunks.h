// The chunks of a PNG (W3C PNG, third edition, 5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

// The first bytes of every PNG (5.2).
inline constexpr std::array<std::uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

struct PngHeader {
  int width = 0;
  int height = 0;
  int bit_depth = 0;    // 1, 2, 4, 8 or 16
  int colour_type = 0;  // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  bool interlaced = false;
};

struct PngChunk {
  std::string_view type;               // four letters
  std::span<const std::uint8_t> data;  // view into the file's bytes
};

struct PngChunks {
  PngHeader header;
  std::vector<PngChunk> chunks;  // all but IHDR and IEND, in the order of the file
  std::size_t trailing = 0;      // bytes after IEND
};

// Throws Error(bad_data) beginning with `where` unless `file` is a valid PNG from its signature to IEND: if a chunk is
// cut off or in a wrong position, a CRC is wrong, or the sides exceed the limits (image_limits.h). Bytes after IEND are
// counted. Allocates no memory for the pixels.
[[nodiscard]] PngChunks split_png(std::span<const std::uint8_t> file, const std::string& where);

// Throws Error(bad_data) if the zlib stream of the pixels is damaged or its size does not match the header.
void check_pixel_data(const PngChunks& png, const std::string& where);

}  // namespace sfumato

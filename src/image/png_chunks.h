// A PNG as the chunks it is made of (W3C PNG, third edition, 5).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

struct PngHeader {
  int width = 0;
  int height = 0;
  int bit_depth = 0;    // 1, 2, 4, 8 or 16
  int colour_type = 0;  // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
  bool interlaced = false;
};

struct PngChunk {
  std::string_view type;               // four letters
  std::span<const std::uint8_t> data;  // inside the file's bytes
};

struct PngChunks {
  PngHeader header;
  std::vector<PngChunk> chunks;  // all but IHDR and IEND, in the order of the file
};

// Throws Error(bad_data) that begins with `where` if `file` is no PNG from its signature to its IEND: a chunk is cut, a
// CRC is wrong, a chunk is where it must not be, or the sides are beyond the limits (image_limits.h). What follows
// IEND is not looked at. Nothing of the picture's size is allocated.
[[nodiscard]] PngChunks split_png(std::span<const std::uint8_t> file, const std::string& where);

// Throws Error(bad_data) if the pixels' zlib stream is not whole, or holds more or less than the header says.
void check_pixel_data(const PngChunks& png, const std::string& where);

}  // namespace sfumato

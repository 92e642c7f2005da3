#include "image/png_chunks.h"

#include <algorithm>
#include <array>

#include "base/bad_data.h"
#include "image/deflate.h"
#include "image/image_limits.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::size_t kChunkFrame = 12;                   // length, type, CRC
constexpr std::uint32_t kMaxChunkLength = 0x7FFFFFFF;     // 5.3
constexpr std::size_t kMaxChunks = std::size_t{1} << 20;  // an IDAT of a kilobyte each is 1 GB

std::uint32_t number_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes[offset + i];
  return value;
}

// Reads the chunk at `offset` and moves `offset` behind it.
PngChunk take_chunk(std::span<const std::uint8_t> file, std::size_t& offset, const std::string& where) {
  const auto cut = [&] {
    throw_bad_data(where,
                   "the PNG is cut off: it ends at byte " + std::to_string(file.size()) + ", before its last chunk");
  };
  if (file.size() - offset < kChunkFrame) cut();
  const std::uint32_t length = number_at(file, offset);
  const std::string_view type(reinterpret_cast<const char*>(file.data()) + offset + 4, 4);
  const bool letters =
      std::ranges::all_of(type, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  if (!letters || length > kMaxChunkLength) {
    throw_bad_data(where, "the PNG is damaged: no chunk at byte " + std::to_string(offset));
  }
  if (file.size() - offset - kChunkFrame < length) cut();
  if (crc32(file.subspan(offset + 4, 4 + length)) != number_at(file, offset + 8 + length)) {
    throw_bad_data(where, "the PNG is damaged: the checksum of chunk " + std::string(type) + " at byte " +
                              std::to_string(offset) + " is wrong");
  }
  const PngChunk chunk{.type = type, .data = file.subspan(offset + 8, length)};
  offset += kChunkFrame + length;
  return chunk;
}

// Table 11.1: the bit depths of each colour type.
bool is_legal(int colour_type, int bit_depth) {
  switch (colour_type) {
    case 0:
      return bit_depth == 1 || bit_depth == 2 || bit_depth == 4 || bit_depth == 8 || bit_depth == 16;
    case 3:
      return bit_depth == 1 || bit_depth == 2 || bit_depth == 4 || bit_depth == 8;
    case 2:
    case 4:
    case 6:
      return bit_depth == 8 || bit_depth == 16;
    default:
      return false;
  }
}

PngHeader header_of(const PngChunk& chunk, const std::string& where) {
  if (chunk.type != "IHDR" || chunk.data.size() != 13) throw_bad_data(where, "the PNG is damaged: it has no header");
  const std::uint32_t width = number_at(chunk.data, 0);
  const std::uint32_t height = number_at(chunk.data, 4);
  check_image_size("PNG", width, height, where);
  const std::uint8_t bit_depth = chunk.data[8], colour_type = chunk.data[9], interlace = chunk.data[12];
  const bool methods = chunk.data[10] == 0 && chunk.data[11] == 0 && interlace <= 1;
  if (width == 0 || height == 0 || !methods || !is_legal(colour_type, bit_depth)) {
    throw_bad_data(where, "the PNG is damaged: its header has values that PNG does not know");
  }
  return {.width = static_cast<int>(width),
          .height = static_cast<int>(height),
          .bit_depth = bit_depth,
          .colour_type = colour_type,
          .interlaced = interlace == 1};
}

// Bytes of `rows` rows of `columns` pixels, each row with its filter byte (7.2, 9).
std::size_t bytes_of(const PngHeader& header, std::size_t columns, std::size_t rows) {
  constexpr std::array<std::size_t, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};
  if (columns == 0) return 0;
  const std::size_t bits =
      kChannels.at(static_cast<std::size_t>(header.colour_type)) * static_cast<std::size_t>(header.bit_depth) * columns;
  return rows * (1 + (bits + 7) / 8);
}

// The inflated size of the pixels, over the seven passes of Adam7 (8.1) if it is interlaced.
std::size_t raw_size(const PngHeader& header) {
  struct Pass {
    int left, top, right, down;
  };
  constexpr std::array<Pass, 7> kAdam7 = {
      {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
  if (!header.interlaced) {
    return bytes_of(header, static_cast<std::size_t>(header.width), static_cast<std::size_t>(header.height));
  }
  std::size_t size = 0;
  for (const Pass& pass : kAdam7) {
    const int columns = (header.width - pass.left + pass.right - 1) / pass.right;
    const int rows = (header.height - pass.top + pass.down - 1) / pass.down;
    size += bytes_of(header, static_cast<std::size_t>(columns), static_cast<std::size_t>(rows));
  }
  return size;
}

}  // namespace

PngChunks split_png(std::span<const std::uint8_t> file, const std::string& where) {
  if (file.empty()) throw_bad_data(where, "not a PNG: the file is empty");
  if (file.size() < kPngSignature.size() || !std::ranges::equal(file.first(kPngSignature.size()), kPngSignature)) {
    throw_bad_data(where, "not a PNG");
  }
  std::size_t offset = kPngSignature.size();
  PngChunks png{.header = header_of(take_chunk(file, offset, where), where), .chunks = {}, .trailing = 0};
  bool pixels = false, pixels_ended = false;
  for (;;) {
    const PngChunk chunk = take_chunk(file, offset, where);
    if (chunk.type == "IEND") break;
    const bool data = chunk.type == "IDAT";
    if (chunk.type == "IHDR" || (data && pixels_ended) || png.chunks.size() == kMaxChunks) {
      throw_bad_data(where, "the PNG is damaged: chunk " + std::string(chunk.type) + " must not be where it is");
    }
    pixels_ended = pixels_ended || (pixels && !data);
    pixels = pixels || data;
    png.chunks.push_back(chunk);
  }
  if (!pixels) throw_bad_data(where, "the PNG is damaged: it has no pixels");
  png.trailing = file.size() - offset;
  return png;
}

void check_pixel_data(const PngChunks& png, const std::string& where) {
  std::vector<std::uint8_t> joined;
  std::span<const std::uint8_t> stream;
  for (const PngChunk& chunk : png.chunks) {
    if (chunk.type != "IDAT") continue;
    if (stream.empty() && joined.empty()) {
      stream = chunk.data;  // one chunk, as this program writes it, is not copied
      continue;
    }
    if (joined.empty()) joined.assign(stream.begin(), stream.end());
    joined.insert(joined.end(), chunk.data.begin(), chunk.data.end());
  }
  if (!joined.empty()) stream = joined;
  if (!inflate_exactly(stream, raw_size(png.header)))
    throw_bad_data(where, "the PNG is damaged: its pixels are not complete");
}

}  // namespace sfumato

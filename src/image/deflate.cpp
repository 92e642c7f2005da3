#include "image/deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <new>

namespace sfumato {
namespace {

constexpr int kCompressionLevel = 6;

// The highest compression ratio of deflate: 258 bytes for the two bits of a match and its distance.
constexpr std::size_t kMaxRatio = 1032;

using Decompress = decltype(libdeflate_zlib_decompress_ex);

std::optional<std::vector<std::uint8_t>> inflate(Decompress& decompress, std::span<const std::uint8_t> stream,
                                                 std::size_t room, bool exactly) {
  // Allocate no more than the stream can hold.
  if (exactly && room / kMaxRatio > stream.size()) return std::nullopt;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (decompressor == nullptr) throw std::bad_alloc();
  std::vector<std::uint8_t> bytes(std::min(room, stream.size() * kMaxRatio));
  std::size_t consumed = 0;
  std::size_t size = 0;
  const libdeflate_result result =
      decompress(decompressor.get(), stream.data(), stream.size(), bytes.data(), bytes.size(), &consumed, &size);
  if (result != LIBDEFLATE_SUCCESS || consumed != stream.size() || (exactly && size != room)) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::uint32_t crc32(std::span<const std::uint8_t> data) { return libdeflate_crc32(0, data.data(), data.size()); }

CBytes compress_zlib(std::span<const std::uint8_t> data) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kCompressionLevel), &libdeflate_free_compressor);
  if (compressor == nullptr) return {};
  const std::size_t bound = libdeflate_zlib_compress_bound(compressor.get(), data.size());
  CBytes result;
  result.data.reset(static_cast<std::uint8_t*>(std::malloc(bound)));
  if (result.data == nullptr) return {};
  result.size = libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), result.data.get(), bound);
  return result;
}

std::optional<std::vector<std::uint8_t>> inflate_exactly(std::span<const std::uint8_t> stream, std::size_t size) {
  return inflate(libdeflate_zlib_decompress_ex, stream, size, true);
}

std::optional<std::vector<std::uint8_t>> inflate_at_most(std::span<const std::uint8_t> stream, std::size_t limit) {
  return inflate(libdeflate_zlib_decompress_ex, stream, limit, false);
}

std::optional<std::vector<std::uint8_t>> inflate_raw_exactly(std::span<const std::uint8_t> stream, std::size_t size) {
  return inflate(libdeflate_deflate_decompress_ex, stream, size, true);
}

}  // namespace sfumato

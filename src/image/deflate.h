// zlib streams (RFC 1950) and CRC-32, which PNG uses, and deflate streams without zlib's frame (RFC 1951), as in zip.
// Only deflate.cpp includes libdeflate.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace sfumato {

// CRC-32 as in PNG (ISO 3309) of `data`.
[[nodiscard]] std::uint32_t crc32(std::span<const std::uint8_t> data);

// Memory that C code may take over and free().
struct CBytes {
  std::unique_ptr<std::uint8_t, decltype(&std::free)> data{nullptr, &std::free};
  std::size_t size = 0;
};

// `data` as a zlib stream. CBytes::data is null if memory is short.
[[nodiscard]] CBytes compress_zlib(std::span<const std::uint8_t> data);

// The content of a zlib stream; nullopt unless it is whole (the checksum matches, nothing follows it) and has exactly
// `size` bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_exactly(std::span<const std::uint8_t> stream,
                                                                       std::size_t size);

// The same for a stream of at most `limit` bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_at_most(std::span<const std::uint8_t> stream,
                                                                       std::size_t limit);

// The content of a deflate stream, without a checksum; nullopt unless it is whole (nothing follows it) and has exactly
// `size` bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_raw_exactly(std::span<const std::uint8_t> stream,
                                                                           std::size_t size);

}  // namespace sfumato

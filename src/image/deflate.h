// zlib streams (RFC 1950) and CRC-32, as PNG uses both. deflate.cpp is the only file that knows libdeflate.
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

// Memory that C code takes over and frees with free().
struct CBytes {
  std::unique_ptr<std::uint8_t, decltype(&std::free)> data{nullptr, &std::free};
  std::size_t size = 0;
};

// `data` as a zlib stream. Without data if there is no memory.
[[nodiscard]] CBytes compress_zlib(std::span<const std::uint8_t> data);

// What a zlib stream holds, if it is whole (its checksum is right, nothing follows it) and holds exactly `size` bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_exactly(std::span<const std::uint8_t> stream,
                                                                       std::size_t size);

// The same for a stream that holds at most `limit` bytes.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_at_most(std::span<const std::uint8_t> stream,
                                                                       std::size_t limit);

}  // namespace sfumato

// PNGs put together by hand, right or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image/deflate.h"

namespace sfumato::testing_png {

inline std::string number(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

inline std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

inline std::string compressed(const std::string& data) {
  const CBytes stream = compress_zlib(bytes(data));
  return {reinterpret_cast<const char*>(stream.data.get()), stream.size};
}

inline std::string chunk(const std::string& type, const std::string& data) {
  return number(static_cast<std::uint32_t>(data.size())) + type + data + number(crc32(bytes(type + data)));
}

inline const std::string kSignature = "\x89PNG\r\n\x1a\n";

inline std::string header(std::uint32_t width, std::uint32_t height, int depth, int colour, bool interlaced = false) {
  return chunk("IHDR", number(width) + number(height) + static_cast<char>(depth) + static_cast<char>(colour) +
                           std::string(2, '\0') + static_cast<char>(interlaced));
}

inline std::string pixels(const std::string& raw) { return chunk("IDAT", compressed(raw)); }

// What lies between the signature and the end.
inline std::vector<std::uint8_t> png(const std::string& chunks) {
  return bytes(kSignature + chunks + chunk("IEND", ""));
}

// One RGB pixel (1, 2, 3), with `extra` chunks before it.
inline std::vector<std::uint8_t> pixel_png(const std::string& extra = "") {
  return png(header(1, 1, 8, 2) + extra + pixels(std::string("\0\1\2\3", 4)));
}

}  // namespace sfumato::testing_png

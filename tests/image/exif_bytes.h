// EXIF data put together by hand.
#pragma once

#include <string>

namespace sfumato::testing_exif {

// A number of `size` bytes in the byte order "II" (least first) or "MM".
inline std::string number(char order, std::uint32_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (order == 'I' ? i : size - 1 - i);
    bytes += static_cast<char>(value >> shift & 0xFF);
  }
  return bytes;
}

// An entry of a directory with one 16-bit number.
inline std::string entry(char order, std::uint32_t tag, std::uint32_t value, std::uint32_t type = 3,
                         std::uint32_t count = 1) {
  return number(order, tag, 2) + number(order, type, 2) + number(order, count, 4) + number(order, value, 2) +
         std::string(2, '\0');
}

// A directory of these entries, at byte 8.
inline std::string exif(char order, std::uint32_t entries, const std::string& directory) {
  return std::string(2, order) + number(order, 42, 2) + number(order, 8, 4) + number(order, entries, 2) + directory +
         number(order, 0, 4);
}

inline std::string orientation(int value, char order = 'M') {
  return exif(order, 1, entry(order, 0x0112, static_cast<std::uint32_t>(value)));
}

}  // namespace sfumato::testing_exif

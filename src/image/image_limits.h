// Size limits of input images. They are checked before memory for the pixels is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sfumato {

inline constexpr std::size_t kMaxImageBytes = std::size_t{256} << 20;    // of a file
inline constexpr int kMaxImageSide = 16384;                              // pixels
inline constexpr std::int64_t kMaxImagePixels = std::int64_t{64} << 20;  // width times height

// Throws Error(bad_data) beginning with `where` if an image is larger. format: "PNG".
void check_image_size(const std::string& format, std::int64_t width, std::int64_t height, const std::string& where);

}  // namespace sfumato

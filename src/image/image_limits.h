// How large a picture from outside may be. These hold before anything of its size is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sfumato {

inline constexpr std::size_t kMaxImageBytes = std::size_t{256} << 20;      // of a file
inline constexpr int kMaxPictureSide = 16384;                              // pixels
inline constexpr std::int64_t kMaxPicturePixels = std::int64_t{64} << 20;  // width times height

// Throws Error(bad_data) that begins with `where` if a picture is larger. format: "PNG".
void check_picture_size(const std::string& format, std::int64_t width, std::int64_t height, const std::string& where);

}  // namespace sfumato

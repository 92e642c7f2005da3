#include "image/orientation.h"

#include <cstddef>
#include <cstring>

namespace sfumato {
namespace {

// Maps a pixel of the upright image to its stored position: x and y are swapped first, then mirrored.
struct Turn {
  bool swap, mirror_x, mirror_y;
};

Turn turn_of(int orientation) {
  switch (orientation) {
    case 2:
      return {.swap = false, .mirror_x = true, .mirror_y = false};
    case 3:
      return {.swap = false, .mirror_x = true, .mirror_y = true};
    case 4:
      return {.swap = false, .mirror_x = false, .mirror_y = true};
    case 5:
      return {.swap = true, .mirror_x = false, .mirror_y = false};
    case 6:
      return {.swap = true, .mirror_x = false, .mirror_y = true};
    case 7:
      return {.swap = true, .mirror_x = true, .mirror_y = true};
    case 8:
      return {.swap = true, .mirror_x = true, .mirror_y = false};
    default:
      return {.swap = false, .mirror_x = false, .mirror_y = false};
  }
}

// `stored` has `kBytes` for each pixel.
template <std::size_t kBytes>
std::vector<std::uint8_t> turned(const std::vector<std::uint8_t>& stored, ImageSize size, int orientation) {
  const Turn turn = turn_of(orientation);
  const ImageSize upright = turned_size(size, orientation);
  std::vector<std::uint8_t> result(stored.size());
  std::uint8_t* to = result.data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x, to += kBytes) {
      int from_x = turn.swap ? y : x, from_y = turn.swap ? x : y;
      if (turn.mirror_x) from_x = size.width - 1 - from_x;
      if (turn.mirror_y) from_y = size.height - 1 - from_y;
      const std::size_t at =
          static_cast<std::size_t>(from_y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(from_x);
      std::memcpy(to, stored.data() + at * kBytes, kBytes);
    }
  }
  return result;
}

}  // namespace

ImageSize turned_size(ImageSize stored, int orientation) {
  return orientation < 5 ? stored : ImageSize{.width = stored.height, .height = stored.width};
}

DecodedImage turned(DecodedImage stored, int orientation) {
  if (orientation == 1) return stored;
  const ImageSize size = stored.size();
  stored.rgba = turned<4>(stored.rgba, size, orientation);
  if (!stored.values.empty()) stored.values = turned<1>(stored.values, size, orientation);
  const ImageSize upright = turned_size(size, orientation);
  stored.width = upright.width;
  stored.height = upright.height;
  stored.remarks.emplace_back("turned as its EXIF data say");
  return stored;
}

}  // namespace sfumato

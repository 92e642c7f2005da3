// Any bytes as a picture: a decoded picture has the size that its header states.
#pragma once

#include <vector>

#include "fuzz.h"
#include "image/exif.h"
#include "image/read_image.h"

namespace sfumato {

constexpr std::int64_t kMaxPixels = 1 << 18;  // larger pictures take time and reach no new code

// Returns whether the file was decoded.
inline bool check_picture(const std::vector<std::uint8_t>& file) {
  const int orientation = exif_orientation(file);
  check(orientation >= 1 && orientation <= 8, "an orientation that is none");
  const auto stated = result_of({ErrorKind::bad_data}, [&] { return read_image_size(file, "x"); });
  if (stated && std::int64_t{stated->width} * stated->height > kMaxPixels) return false;
  const auto picture = result_of({ErrorKind::bad_data}, [&] { return read_image(file, "x"); });
  if (!picture) return false;
  const auto pixels = static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height);
  check(stated == picture->size(), "another size than stated");
  check(picture->rgba.size() == 4 * pixels, "missing pixels");
  check(picture->values.empty() || picture->values.size() == pixels, "missing values");
  return true;
}

}  // namespace sfumato

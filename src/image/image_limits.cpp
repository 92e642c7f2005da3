#include "image/image_limits.h"

#include "sfumato/error.h"

namespace sfumato {

void check_picture_size(const std::string& format, std::int64_t width, std::int64_t height, const std::string& where) {
  if (width <= kMaxPictureSide && height <= kMaxPictureSide && width * height <= kMaxPicturePixels) return;
  throw Error(ErrorKind::bad_data, where + ": a " + format + " of " + std::to_string(width) + " x " +
                                       std::to_string(height) + " pixels; at most " + std::to_string(kMaxPictureSide) +
                                       " a side and " + std::to_string(kMaxPicturePixels) + " in all are read.");
}

}  // namespace sfumato

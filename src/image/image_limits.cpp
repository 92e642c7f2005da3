#include "image/image_limits.h"

#include "sfumato/error.h"

namespace sfumato {

void check_image_size(const std::string& format, std::int64_t width, std::int64_t height, const std::string& where) {
  if (width <= kMaxImageSide && height <= kMaxImageSide && width * height <= kMaxImagePixels) return;
  throw Error(ErrorKind::bad_data, where + ": a " + format + " of " + std::to_string(width) + " x " +
                                       std::to_string(height) + " pixels; at most " + std::to_string(kMaxImageSide) +
                                       " a side and " + std::to_string(kMaxImagePixels) + " in all are read.");
}

}  // namespace sfumato

#include "image/opaque.h"

namespace sfumato {

Image opaque(const DecodedImage& picture, Colour background) {
  Image image{.width = picture.width, .height = picture.height, .rgb = {}};
  image.rgb.resize(picture.rgba.size() / 4 * 3);
  const auto mixed = [](int below, int above, int opacity) {
    return static_cast<std::uint8_t>((below * (255 - opacity) + above * opacity + 127) / 255);
  };
  auto to = image.rgb.begin();
  for (auto from = picture.rgba.begin(); from != picture.rgba.end(); from += 4) {
    *to++ = mixed(background.red, from[0], from[3]);
    *to++ = mixed(background.green, from[1], from[3]);
    *to++ = mixed(background.blue, from[2], from[3]);
  }
  return image;
}

}  // namespace sfumato

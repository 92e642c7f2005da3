#include "image/opaque.h"

namespace sfumato {

Image opaque(const DecodedImage& decoded, Colour background) {
  Image image{.width = decoded.width, .height = decoded.height, .rgb = {}};
  image.rgb.resize(decoded.rgba.size() / 4 * 3);
  const auto mixed = [](int below, int above, int opacity) {
    return static_cast<std::uint8_t>((below * (255 - opacity) + above * opacity + 127) / 255);
  };
  auto to = image.rgb.begin();
  for (auto from = decoded.rgba.begin(); from != decoded.rgba.end(); from += 4) {
    *to++ = mixed(background.red, from[0], from[3]);
    *to++ = mixed(background.green, from[1], from[3]);
    *to++ = mixed(background.blue, from[2], from[3]);
  }
  return image;
}

}  // namespace sfumato

#include "pipeline/init_image.h"

#include <algorithm>

#include "image/image_fit.h"
#include "image/input_file.h"
#include "image/mask.h"
#include "image/opaque.h"
#include "image/read_image.h"
#include "image/resize.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kInpaintPadding = 32;  // pixels of the original around the mask, as context for what is painted

Colour colour_of(std::uint32_t rgb) {
  return {.red = static_cast<std::uint8_t>(rgb >> 16),
          .green = static_cast<std::uint8_t>(rgb >> 8),
          .blue = static_cast<std::uint8_t>(rgb)};
}

DecodedImage read(const InputFile& file) { return read_image(*read_input(file), shown(file)); }

// Appends `more`, if it is not empty, after a separator.
void add(std::string& text, std::string_view separator, const std::string& more) {
  if (!more.empty()) text += (text.empty() ? "" : std::string(separator)) + more;
}

// "fox.jpg: turned as its EXIF data say, 640x480, cut to 512x480"; empty if nothing was done.
std::string note_of(const InputFile& file, const DecodedImage& picture, const std::string& done) {
  std::string text;
  for (const std::string& remark : picture.remarks) add(text, ", ", remark);
  add(text, ", ", done);
  return text.empty() ? "" : shown(file) + ": " + text;
}

struct Mask {
  std::vector<float> values;  // of the picture's size
  std::string note;
};

Mask read_mask(const GenerateOptions& options, ImageSize picture_size) {
  const DecodedImage picture = read(options.inpaint.mask);
  if (picture.size() != picture_size) {
    throw Error(ErrorKind::bad_data, shown(options.inpaint.mask) + ": " + shown(picture.size()) + " pixels, but " +
                                         shown(options.init.image) + " has " + shown(picture_size) +
                                         ". Make the mask as large as the picture.");
  }
  Mask mask{.values = mask_of(picture), .note = {}};
  if (options.inpaint.invert) invert(mask.values);
  const auto [least, most] = std::ranges::minmax(mask.values);
  std::string plain;
  if (most == 0) plain = "nothing is to be painted, so the picture stays as it is";
  if (least == 1) plain = "everything is to be painted anew";
  mask.note = note_of(options.inpaint.mask, picture, plain);
  return mask;
}

}  // namespace

InitImage read_init_image(const GenerateOptions& options) {
  const Colour background = colour_of(options.init.background);
  const ImageSize target{.width = options.width, .height = options.height};
  const DecodedImage picture = read(options.init.image);
  const ImageSize size = picture.size();
  Image image = opaque(picture, background);
  const bool masked = !options.inpaint.mask.path.empty();
  Mask mask = masked ? read_mask(options, size) : Mask{};

  InitImage init;
  if (masked && options.inpaint.area == InpaintArea::mask) {
    init.original_mask = blurred(std::move(mask.values), size, options.inpaint.blur);
    const Rectangle whole{.x = 0, .y = 0, .width = size.width, .height = size.height};
    init.area = widened(painted_area(init.original_mask, size).value_or(whole), kInpaintPadding, target, size);
    const Geometry geometry = fit(size, target, init.area);
    init.picture = fitted(image, geometry, background);
    init.mask = fitted(init.original_mask, geometry, 0);
    init.original = std::move(image);
    init.note = note_of(options.init.image, picture,
                        shown(size) + ", of which " + std::to_string(init.area.width) + "x" +
                            std::to_string(init.area.height) + " around the mask are worked on at " + shown(target));
  } else {
    const Geometry geometry = fit(size, target, options.fit);
    init.picture = fitted(image, geometry, background);
    if (masked) init.mask = blurred(fitted(mask.values, geometry, 0), target, options.inpaint.blur);
    init.note = note_of(options.init.image, picture, shown(geometry));
  }
  add(init.note, "; ", mask.note);
  return init;
}

Image finish_init_image(const InitImage& init, Image painted) {
  if (init.mask.empty()) return painted;
  if (init.original.rgb.empty()) {
    Image result = init.picture;
    mix(result, painted, init.mask, 0, 0);
    return result;
  }
  Image result = init.original;
  mix(result, resized(painted, init.area.width, init.area.height), init.original_mask, init.area.x, init.area.y);
  return result;
}

}  // namespace sfumato

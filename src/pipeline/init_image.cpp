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

constexpr int kInpaintPadding = 32;  // pixels of the original around the mask that help to fit in what is painted

Colour colour_of(std::uint32_t rgb) {
  return {.red = static_cast<std::uint8_t>(rgb >> 16),
          .green = static_cast<std::uint8_t>(rgb >> 8),
          .blue = static_cast<std::uint8_t>(rgb)};
}

DecodedImage read(const InputFile& file) { return read_image(*read_input(file), shown(file)); }

// "a" and "b" as "a, b".
void add(std::string& text, std::string_view separator, const std::string& more) {
  if (!more.empty()) text += (text.empty() ? "" : std::string(separator)) + more;
}

// "fox.jpg: turned as its EXIF data say, 640x480, cut to 512x480", or nothing.
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
  const DecodedImage picture = read(options.mask);
  if (picture.size() != picture_size) {
    throw Error(ErrorKind::bad_data, shown(options.mask) + ": " + shown(picture.size()) + " pixels, but " +
                                         shown(options.init_img) + " has " + shown(picture_size) +
                                         ". Make the mask as large as the picture.");
  }
  Mask mask{.values = mask_of(picture), .note = {}};
  if (options.mask_invert) invert(mask.values);
  const auto [least, most] = std::ranges::minmax(mask.values);
  std::string plain;
  if (most == 0) plain = "nothing is to be painted, so the picture stays as it is";
  if (least == 1) plain = "everything is to be painted anew";
  mask.note = note_of(options.mask, picture, plain);
  return mask;
}

}  // namespace

InitImage read_init_image(const GenerateOptions& options) {
  const Colour background = colour_of(options.background);
  const ImageSize wanted{.width = options.width, .height = options.height};
  const DecodedImage picture = read(options.init_img);
  const ImageSize size = picture.size();
  Image image = opaque(picture, background);
  const bool masked = !options.mask.path.empty();
  Mask mask = masked ? read_mask(options, size) : Mask{};

  InitImage source;
  if (masked && options.inpaint_area == InpaintArea::mask) {
    source.original_mask = blurred(std::move(mask.values), size, options.mask_blur);
    const Rectangle everything{.x = 0, .y = 0, .width = size.width, .height = size.height};
    source.area = widened(painted_area(source.original_mask, size).value_or(everything), kInpaintPadding, wanted, size);
    const Geometry geometry = fit(size, wanted, source.area);
    source.picture = fitted(image, geometry, background);
    source.mask = fitted(source.original_mask, geometry, 0);
    source.original = std::move(image);
    source.note =
        note_of(options.init_img, picture,
                shown(size) + ", of which " + std::to_string(source.area.width) + "x" +
                    std::to_string(source.area.height) + " around the mask are worked on at " + shown(wanted));
  } else {
    const Geometry geometry = fit(size, wanted, options.fit);
    source.picture = fitted(image, geometry, background);
    if (masked) source.mask = blurred(fitted(mask.values, geometry, 0), wanted, options.mask_blur);
    source.note = note_of(options.init_img, picture, shown(geometry));
  }
  add(source.note, "; ", mask.note);
  return source;
}

Image finish_init_image(const InitImage& source, Image drawn) {
  if (source.mask.empty()) return drawn;
  if (source.original.rgb.empty()) {
    Image result = source.picture;
    mix(result, drawn, source.mask, 0, 0);
    return result;
  }
  Image result = source.original;
  mix(result, resized(drawn, source.area.width, source.area.height), source.original_mask, source.area.x,
      source.area.y);
  return result;
}

}  // namespace sfumato

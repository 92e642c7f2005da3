#include "image/read_image.h"

#include <algorithm>
#include <array>

#include "image/foreign_image.h"
#include "image/image_limits.h"
#include "image/png_chunks.h"
#include "image/read_jpeg.h"
#include "image/read_png.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::array<std::uint8_t, 3> kJpeg = {0xFF, 0xD8, 0xFF};

enum class Format { png, jpeg };

Format format_of(std::span<const std::uint8_t> file, const std::string& where) {
  const auto begins = [&](std::span<const std::uint8_t> magic) {
    return file.size() >= magic.size() && std::ranges::equal(file.first(magic.size()), magic);
  };
  if (file.size() > kMaxImageBytes) {
    throw Error(ErrorKind::bad_data, where + ": " + std::to_string(file.size()) + " bytes, at most " +
                                         std::to_string(kMaxImageBytes) + " are read.");
  }
  if (begins(kPngSignature)) return Format::png;
  if (begins(kJpeg)) return Format::jpeg;
  throw Error(ErrorKind::bad_data, where + ": " + describe_unsupported_format(file));
}

}  // namespace

ImageSize read_image_size(std::span<const std::uint8_t> file, const std::string& where) {
  return format_of(file, where) == Format::png ? png_size(file, where) : jpeg_size(file, where);
}

DecodedImage read_image(std::span<const std::uint8_t> file, const std::string& where) {
  return format_of(file, where) == Format::png ? decode_png_rgba(file, where) : decode_jpeg(file, where);
}

}  // namespace sfumato

// libFuzzer: any bytes as an image, and as EXIF data. A decoded image has the size that its header states; a refusal is
// an Error(bad_data).
//
// The CRCs of PNG chunks are corrected first, so that the code behind them is reached.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "image/deflate.h"
#include "image/exif.h"
#include "image/read_image.h"
#include "image/read_png.h"
#include "sfumato/error.h"

namespace {

using namespace sfumato;

constexpr std::int64_t kMaxPixels = 1 << 18;  // larger images take time and reach no new code

void correct_crcs(std::vector<std::uint8_t>& png) {
  for (std::size_t at = 8; png.size() >= 12 && at <= png.size() - 12;) {
    const auto length = static_cast<std::size_t>(png[at]) << 24 | static_cast<std::size_t>(png[at + 1]) << 16 |
                        static_cast<std::size_t>(png[at + 2]) << 8 | png[at + 3];
    if (length > png.size() - at - 12) return;
    const std::uint32_t crc = crc32(std::span(png).subspan(at + 4, 4 + length));
    for (std::size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    at += 12 + length;
  }
}

template <typename Action>
auto result_of(const Action& action) -> std::optional<decltype(action())> {
  try {
    return action();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::bad_data) std::abort();
    return std::nullopt;
  }
}

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> file(data, data + size);
  if (size > 0 && data[0] == 0x89) correct_crcs(file);
  const int orientation = exif_orientation(file);
  check(orientation >= 1 && orientation <= 8);

  const auto size_in_header = result_of([&] { return read_image_size(file, "x"); });
  if (size_in_header && std::int64_t{size_in_header->width} * size_in_header->height > kMaxPixels) return 0;
  const auto image = result_of([&] { return read_image(file, "x"); });
  if (!image) return 0;
  const auto pixels = static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height);
  check(size_in_header == image->size());
  check(image->rgba.size() == 4 * pixels);
  check(image->values.empty() || image->values.size() == pixels);
  (void)result_of([&] { return decode_png(file, "x").texts.size(); });
  return 0;
}

// libFuzzer: any bytes as a picture, and as EXIF data. What is read must be as large as was told before it was decoded;
// what is refused must be an Error.
//
// Sums of PNG's chunks are made right first, so that what lies behind them is reached.
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

constexpr std::int64_t kMaxPixels = 1 << 18;  // what is larger takes time and shows nothing new

void make_sums_right(std::vector<std::uint8_t>& png) {
  for (std::size_t at = 8; png.size() >= 12 && at <= png.size() - 12;) {
    const auto length = static_cast<std::size_t>(png[at]) << 24 | static_cast<std::size_t>(png[at + 1]) << 16 |
                        static_cast<std::size_t>(png[at + 2]) << 8 | png[at + 3];
    if (length > png.size() - at - 12) return;
    const std::uint32_t sum = crc32(std::span(png).subspan(at + 4, 4 + length));
    for (std::size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    at += 12 + length;
  }
}

template <typename Action>
auto answer(const Action& action) -> std::optional<decltype(action())> {
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
  if (size > 0 && data[0] == 0x89) make_sums_right(file);
  const int orientation = exif_orientation(file);
  check(orientation >= 1 && orientation <= 8);

  const auto told = answer([&] { return size_of_picture(file, "x"); });
  if (told && std::int64_t{told->width} * told->height > kMaxPixels) return 0;
  const auto picture = answer([&] { return read_image(file, "x"); });
  if (!picture) return 0;
  const auto pixels = static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height);
  check(told == picture->size());
  check(picture->rgba.size() == 4 * pixels);
  check(picture->values.empty() || picture->values.size() == pixels);
  (void)answer([&] { return decode_png(file, "x").texts.size(); });
  return 0;
}

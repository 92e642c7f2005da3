// Any bytes as a PNG and as its texts. The CRCs of its chunks are corrected first, so that the code behind them is
// reached.
#include "image/deflate.h"
#include "image/read_png.h"
#include "picture.h"

namespace {

void correct_crcs(std::vector<std::uint8_t>& png) {
  for (std::size_t at = 8; png.size() >= 12 && at <= png.size() - 12;) {
    const auto length = static_cast<std::size_t>(png[at]) << 24 | static_cast<std::size_t>(png[at + 1]) << 16 |
                        static_cast<std::size_t>(png[at + 2]) << 8 | png[at + 3];
    if (length > png.size() - at - 12) return;
    const std::uint32_t crc = sfumato::crc32(std::span(png).subspan(at + 4, 4 + length));
    for (std::size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    at += 12 + length;
  }
}

}  // namespace

void sfumato::fuzz(std::string_view input) {
  std::vector<std::uint8_t> file(input.begin(), input.end());
  correct_crcs(file);
  if (check_picture(file)) (void)result_of({ErrorKind::bad_data}, [&] { return decode_png(file, "x").texts.size(); });
}

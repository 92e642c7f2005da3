#include "image/exif.h"

#include <cstddef>

namespace sfumato {
namespace {

constexpr std::uint32_t kTiffMark = 42;
constexpr std::uint32_t kOrientation = 0x0112;
constexpr std::uint32_t kShort = 3;  // the type of a 16-bit number
constexpr std::size_t kEntryBytes = 12;

// Numbers in the byte order of the file; 0 outside of it.
class TiffReader {
 public:
  explicit TiffReader(std::span<const std::uint8_t> bytes)
      : bytes_(bytes), big_endian_(!bytes.empty() && bytes[0] == 'M') {}

  std::uint32_t number(std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes_[offset + (big_endian_ ? i : size - 1 - i)];
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool big_endian_;
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> tiff) {
  const bool marked = tiff.size() >= 8 && tiff[0] == tiff[1] && (tiff[0] == 'I' || tiff[0] == 'M');
  const TiffReader reader(tiff);
  if (!marked || reader.number(2, 2) != kTiffMark) return 1;
  const std::size_t directory = reader.number(4, 4);
  const std::uint32_t entries = reader.number(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (reader.number(entry, 2) != kOrientation) continue;
    const std::uint32_t value = reader.number(entry + 8, 2);
    const bool known = reader.number(entry + 2, 2) == kShort && reader.number(entry + 4, 4) == 1;
    return known && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace sfumato

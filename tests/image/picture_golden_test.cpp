// Pictures as PIL wrote them, and what it reads in them (scripts/golden/make_picture_golden.py).
#include <gtest/gtest.h>

#include <algorithm>

#include "base/read_file.h"
#include "image/read_image.h"

namespace sfumato {
namespace {

struct Golden {
  ImageSize size;
  std::vector<std::uint8_t> rgba;
};

Golden golden(const std::filesystem::path& path) {
  std::vector<std::uint8_t> bytes = read_file(path, 1 << 20);
  const ImageSize size{.width = bytes.at(0) | bytes.at(1) << 8, .height = bytes.at(2) | bytes.at(3) << 8};
  bytes.erase(bytes.begin(), bytes.begin() + 4);
  return {.size = size, .rgba = std::move(bytes)};
}

TEST(PictureGolden, IsWhatPilReads) {
  int pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SFUMATO_PICTURE_GOLDEN)) {
    if (entry.path().extension() == ".rgba") continue;
    const std::string name = entry.path().filename();
    const Golden expected = golden(entry.path().string() + ".rgba");
    const std::vector<std::uint8_t> file = read_file(entry.path(), 1 << 20);
    const DecodedImage image = read_image(file, name);
    EXPECT_EQ(read_image_size(file, name), expected.size) << name;
    ASSERT_EQ(image.size(), expected.size) << name;
    ASSERT_EQ(image.rgba.size(), expected.rgba.size()) << name;
    int largest = 0;
    for (std::size_t i = 0; i < image.rgba.size(); ++i) {
      largest = std::max(largest, std::abs(image.rgba[i] - expected.rgba[i]));
    }
    // libjpeg-turbo's rounding differs a little between its versions and their vector code; PNG leaves no choice.
    EXPECT_LE(largest, entry.path().extension() == ".png" ? 0 : 2) << name;
    ++pictures;
  }
  EXPECT_EQ(pictures, 20);
}

}  // namespace
}  // namespace sfumato

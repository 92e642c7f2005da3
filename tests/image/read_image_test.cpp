#include "image/read_image.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/image_limits.h"
#include "image/jpeg_bytes.h"
#include "image/png_bytes.h"

namespace sfumato {
namespace {

std::string refusal(const std::vector<std::uint8_t>& file) {
  const std::string of_size = error_of([&] { (void)read_image_size(file, "a"); });
  EXPECT_EQ(of_size, error_of([&] { (void)read_image(file, "a"); }));
  return of_size;
}

TEST(ReadPicture, GoesByTheFirstBytes) {
  const std::vector<std::uint8_t> jpeg = testing_jpeg::jpeg(19, 13, testing_jpeg::slope(19, 13));
  EXPECT_EQ(read_image_size(jpeg, "a.png"), (ImageSize{19, 13}));
  EXPECT_EQ(read_image(jpeg, "a.png").size(), (ImageSize{19, 13}));
  const std::vector<std::uint8_t> png = testing_png::pixel_png();
  EXPECT_EQ(read_image_size(png, "a.jpg"), (ImageSize{1, 1}));
  EXPECT_EQ(read_image(png, "a.jpg").rgba, (std::vector<std::uint8_t>{1, 2, 3, 255}));
}

TEST(ReadPicture, NamesWhatItDoesNotRead) {
  EXPECT_EQ(refusal({}), "bad_data: a: the file is empty. Give a PNG or a JPEG.");
  EXPECT_EQ(refusal({'R', 'I', 'F', 'F', 1, 0, 0, 0, 'W', 'E', 'B', 'P'}),
            "bad_data: a: a WebP picture, which is not read. Convert it to PNG or JPEG.");
  EXPECT_EQ(refusal({0xFF, 0xD8, 0xFF}), "bad_data: a: the JPEG is cut off: it ends at byte 3, before its end marker.");
}

TEST(ReadPicture, RefusesWhatMemoryShouldNotHold) {
  using namespace testing_png;
  const std::string limit = " pixels; at most 16384 a side and 67108864 in all are read.";
  EXPECT_EQ(refusal(png(header(65535, 65535, 8, 2) + pixels(""))), "bad_data: a: a PNG of 65535 x 65535" + limit);
  EXPECT_EQ(refusal(std::vector<std::uint8_t>(kMaxImageBytes + 1)),
            "bad_data: a: 268435457 bytes, at most 268435456 are read.");
}

TEST(ReadPicture, KnowsASizeWithoutThePixels) {
  using namespace testing_png;
  const std::vector<std::uint8_t> damaged = png(header(640, 480, 8, 2) + chunk("IDAT", "none"));
  EXPECT_EQ(read_image_size(damaged, "a"), (ImageSize{640, 480}));
  EXPECT_EQ(error_of([&] { (void)read_image(damaged, "a"); }),
            "bad_data: a: the PNG is damaged: its pixels are not complete.");
}

}  // namespace
}  // namespace sfumato

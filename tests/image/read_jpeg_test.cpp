#include "image/read_jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.h"
#include "image/exif_bytes.h"
#include "image/jpeg_bytes.h"

namespace sfumato {
namespace {

using namespace testing_jpeg;

std::string refusal(const std::vector<std::uint8_t>& file) {
  return error_of([&] { (void)decode_jpeg(file, "a.jpg"); });
}

// The largest difference to what was compressed.
int distance(const DecodedImage& image, std::span<const std::uint8_t> values, std::size_t channels) {
  int most = 0;
  for (std::size_t i = 0; i < image.rgba.size() / 4; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      most = std::max(most, std::abs(image.rgba[4 * i + c] - values[channels * i + (channels == 3 ? c : 0)]));
    }
    EXPECT_EQ(image.rgba[4 * i + 3], 255);
  }
  return most;
}

// Where the first marker FF xx lies.
std::ptrdiff_t marker_at(const std::vector<std::uint8_t>& file, std::uint8_t marker) {
  for (std::size_t i = 2; i + 1 < file.size(); ++i) {
    if (file[i] == 0xFF && file[i + 1] == marker) return static_cast<std::ptrdiff_t>(i);
  }
  ADD_FAILURE() << "no marker " << int{marker};
  return 0;
}

TEST(ReadJpeg, GivesBackWhatWasCompressed) {
  const std::vector<std::uint8_t> values = slope(19, 13);
  for (const Making& how : {Making{}, Making{.progressive = true}, Making{.restart_rows = 1},
                            Making{.progressive = true, .restart_rows = 1}, Making{.full_colour = false}}) {
    const std::vector<std::uint8_t> file = jpeg(19, 13, values, how);
    const DecodedImage image = decode_jpeg(file, "");
    EXPECT_EQ(image.size(), (ImageSize{.width = 19, .height = 13}));
    EXPECT_EQ(jpeg_size(file, ""), image.size());
    EXPECT_LE(distance(image, values, 3), 4);
    EXPECT_TRUE(image.values.empty());
    EXPECT_TRUE(image.remarks.empty());
  }
}

TEST(ReadJpeg, WidensGrey) {
  const std::vector<std::uint8_t> values = slope(9, 9, 1);
  EXPECT_LE(distance(decode_jpeg(jpeg(9, 9, values, {.space = JCS_GRAYSCALE, .channels = 1}), ""), values, 1), 2);
}

TEST(ReadJpeg, MakesCmykRgbAndSaysSo) {
  // As Adobe stores it, 255 is no ink: half the cyan, no magenta, all the yellow; then a fifth of black on top.
  std::vector<std::uint8_t> values;
  for (int i = 0; i < 64; ++i)
    values.insert(values.end(), {128, 255, 0, static_cast<std::uint8_t>(i < 32 ? 255 : 204)});
  const DecodedImage image = decode_jpeg(jpeg(8, 8, values, {.space = JCS_CMYK, .channels = 4, .quality = 100}), "");
  const auto expect_pixel = [&](std::size_t i, int red, int green, int blue) {
    EXPECT_NEAR(image.rgba[4 * i], red, 2);
    EXPECT_NEAR(image.rgba[4 * i + 1], green, 2);
    EXPECT_NEAR(image.rgba[4 * i + 2], blue, 2);
    EXPECT_EQ(image.rgba[4 * i + 3], 255);
  };
  expect_pixel(0, 128, 255, 0);
  expect_pixel(63, 102, 204, 0);
  EXPECT_EQ(image.remarks, std::vector<std::string>{"CMYK made RGB without its colour profile"});
}

TEST(ReadJpeg, TurnsWhatExifSaysIsTurned) {
  const std::vector<std::uint8_t> values = slope(19, 13);
  const std::vector<std::uint8_t> file = jpeg(19, 13, values, {.exif = testing_exif::orientation(6)});
  const DecodedImage image = decode_jpeg(file, "");
  EXPECT_EQ(image.size(), (ImageSize{.width = 13, .height = 19}));
  EXPECT_EQ(jpeg_size(file, ""), image.size());
  EXPECT_NEAR(image.rgba[0], values[12 * 19 * 3], 4);                     // the lower left corner is up left
  EXPECT_NEAR(image.rgba[4 * (18 * 13)], values[(12 * 19 + 18) * 3], 4);  // the lower right one is down left
  EXPECT_EQ(image.remarks, std::vector<std::string>{"turned as its EXIF data say"});
  EXPECT_EQ(decode_jpeg(jpeg(19, 13, values, {.exif = "damaged"}), "").size(), (ImageSize{19, 13}));
}

TEST(ReadJpeg, DoesNotLookBehindTheEnd) {
  std::vector<std::uint8_t> file = jpeg(8, 8, slope(8, 8));
  file.insert(file.end(), {0xFF, 0xD8, 0xFF, 'x'});
  EXPECT_EQ(refusal(file), "no error");
}

TEST(ReadJpeg, TakesWhatLibjpegWarnsOfAsAnError) {
  const std::vector<std::uint8_t> file = jpeg(64, 64, slope(64, 64));
  const std::vector<std::uint8_t> half(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() - 40));
  EXPECT_EQ(refusal(half), "bad_data: a.jpg: the JPEG is cut off: it ends at byte " + std::to_string(half.size()) +
                               ", before its end marker.");
  std::vector<std::uint8_t> extra = file;
  extra.insert(extra.end() - 2, 20, 0x55);
  EXPECT_NE(refusal(extra).find("bad_data: a.jpg: the JPEG is damaged: Corrupt JPEG data: "), std::string::npos)
      << refusal(extra);
  std::vector<std::uint8_t> short_scan = file;
  short_scan.erase(short_scan.end() - 100, short_scan.end() - 2);
  EXPECT_EQ(refusal(short_scan),
            "bad_data: a.jpg: the JPEG is damaged: Corrupt JPEG data: premature end of data segment.");
}

TEST(ReadJpeg, RefusesKindsItDoesNotKnow) {
  const std::vector<std::uint8_t> file = jpeg(8, 8, slope(8, 8));
  const std::ptrdiff_t frame = marker_at(file, 0xC0);
  std::vector<std::uint8_t> twelve = file;
  twelve[static_cast<std::size_t>(frame) + 4] = 12;
  EXPECT_EQ(refusal(twelve), "bad_data: a.jpg: a JPEG of 12 bits a value; convert it to 8 bits.");
  std::vector<std::uint8_t> lossless = file;
  lossless[static_cast<std::size_t>(frame) + 1] = 0xC3;
  EXPECT_EQ(refusal(lossless), "bad_data: a.jpg: the JPEG is damaged: Unsupported JPEG process: SOF type 0xc3.");
  const std::vector<std::uint8_t> two =
      jpeg(8, 8, slope(8, 8, 2), {.space = JCS_UNKNOWN, .channels = 2, .full_colour = false});
  EXPECT_EQ(refusal(two), "bad_data: a.jpg: a JPEG of 2 values a pixel; grey, RGB and CMYK are read.");
}

TEST(ReadJpeg, RefusesPicturesBeyondTheLimits) {
  std::vector<std::uint8_t> file = jpeg(8, 8, slope(8, 8));
  const auto sides = static_cast<std::size_t>(marker_at(file, 0xC0)) + 5;
  std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(sides), 4, std::uint8_t{0xFF});
  const std::string limit = " pixels; at most 16384 a side and 67108864 in all are read.";
  // libjpeg's own limit comes before ours.
  EXPECT_EQ(refusal(file), "bad_data: a.jpg: the JPEG is damaged: Maximum supported image dimension is 65500 pixels.");
  const auto set = [&](int height, int width) {
    file[sides] = static_cast<std::uint8_t>(height >> 8);
    file[sides + 1] = static_cast<std::uint8_t>(height);
    file[sides + 2] = static_cast<std::uint8_t>(width >> 8);
    file[sides + 3] = static_cast<std::uint8_t>(width);
  };
  set(1, 16385);
  EXPECT_EQ(refusal(file), "bad_data: a.jpg: a JPEG of 16385 x 1" + limit);
  set(4097, 16384);
  EXPECT_EQ(refusal(file), "bad_data: a.jpg: a JPEG of 16384 x 4097" + limit);
  EXPECT_EQ(error_of([&] { (void)jpeg_size(file, "b"); }), "bad_data: b: a JPEG of 16384 x 4097" + limit);
  set(0, 8);
  EXPECT_NE(refusal(file), "no error");
}

// A scan more is a few bytes in the file, and a pass over all of the picture.
TEST(ReadJpeg, RefusesAnEndlessRowOfScans) {
  const std::vector<std::uint8_t> values = slope(16, 16);
  EXPECT_EQ(refusal(jpeg(16, 16, values, {.single_scans = kMaxJpegScans})), "no error");
  const std::vector<std::uint8_t> file = jpeg(16, 16, values, {.single_scans = kMaxJpegScans + 1});
  EXPECT_EQ(refusal(file), "bad_data: a.jpg: a JPEG of more than 100 scans; save it again, not progressively.");
}

}  // namespace
}  // namespace sfumato

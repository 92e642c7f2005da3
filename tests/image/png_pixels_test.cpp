#include "image/png_pixels.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/exif_bytes.h"
#include "image/png_corpus.h"
#include "image/read_png.h"

namespace sfumato {
namespace {

using namespace testing_png;
using namespace std::string_literals;

TEST(PngPixels, AreReadFromEveryKindOfPng) {
  for (const PngKind& kind : all_kinds()) {
    for (const auto& [width, height] : {std::pair(1, 1), std::pair(3, 2), std::pair(9, 11), std::pair(16, 8)}) {
      const PngSample made = sample(kind, width, height);
      const DecodedImage image = decode_png_rgba(made.file, "");
      const std::string what = std::to_string(kind.colour) + "/" + std::to_string(kind.depth) +
                               (kind.interlaced ? "/interlaced" : "") + (kind.transparent ? "/transparent " : " ") +
                               shown(image.size());
      EXPECT_EQ(image.size(), (ImageSize{width, height})) << what;
      EXPECT_EQ(image.rgba, made.rgba) << what;
      EXPECT_EQ(image.values, made.values) << what;
      EXPECT_EQ(image.palette, kind.colour == 3) << what;
    }
  }
}

TEST(PngPixels, HaveColoursThatThePaletteHas) {
  const auto with_index = [](char index, int depth) {
    return png(header(1, 1, depth, 3) + chunk("PLTE", "\1\2\3\4\5\6") + pixels("\0"s + index));
  };
  EXPECT_EQ(decode_png_rgba(with_index('\1', 8), "").rgba, (std::vector<std::uint8_t>{4, 5, 6, 255}));
  EXPECT_EQ(error_of([&] { (void)decode_png_rgba(with_index('\2', 8), "a.png"); }),
            "bad_data: a.png: the PNG is damaged: a pixel has colour 2 of a palette of 2.");
  EXPECT_EQ(error_of([&] { (void)decode_png_rgba(with_index('\xc0', 2), "a.png"); }),
            "bad_data: a.png: the PNG is damaged: a pixel has colour 3 of a palette of 2.");
}

// 2 x 1 pixels, of which the left one is red.
std::vector<std::uint8_t> red_and_green(const std::string& extra) {
  return png(header(2, 1, 8, 2) + extra + pixels("\0\xff\0\0\0\xff\0"s));
}

TEST(PngPixels, AreTurnedAsExifSays) {
  const std::vector<std::uint8_t> file = red_and_green(chunk("eXIf", testing_exif::orientation(8)));
  const DecodedImage image = decode_png_rgba(file, "");
  EXPECT_EQ(image.size(), (ImageSize{.width = 1, .height = 2}));
  EXPECT_EQ(png_size(file, ""), image.size());
  EXPECT_EQ(image.rgba, (std::vector<std::uint8_t>{0, 255, 0, 255, 255, 0, 0, 255}));
}

TEST(PngPixels, OfAnAnimationAreThoseOfItsFirstPicture) {
  const DecodedImage image = decode_png_rgba(red_and_green(chunk("acTL", number(2) + number(0))), "");
  EXPECT_EQ(image.remarks, std::vector<std::string>{"animated, its first picture is taken"});
}

TEST(PngPixels, DoNotDependOnProfilesAndGamma) {
  const DecodedImage plain = decode_png_rgba(red_and_green(""), "");
  EXPECT_TRUE(plain.remarks.empty());
  for (const std::string& extra :
       {chunk("gAMA", number(100000)), chunk("iCCP", "name\0\0damaged"s), chunk("sRGB", "\0"s), chunk("tIME", "")}) {
    EXPECT_EQ(decode_png_rgba(red_and_green(extra), "").rgba, plain.rgba);
  }
}

}  // namespace
}  // namespace sfumato

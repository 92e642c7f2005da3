#include "pipeline/init_image.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/exif_bytes.h"
#include "image/input_file.h"
#include "image/png.h"
#include "image/png_bytes.h"
#include "test_folder.h"

namespace sfumato {
namespace {

Image pattern(int width, int height) {
  Image image{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 7 + i / 11));
  return image;
}

// White inside `area`, black outside.
Image mask_with(int width, int height, const Rectangle& area) {
  Image mask = blank(width, height, {});
  fill(mask, area, {.red = 255, .green = 255, .blue = 255});
  return mask;
}

class SourceTest : public testing::Test {
 protected:
  InputFile file(const std::string& name, const std::vector<std::uint8_t>& bytes) {
    write_file(folder_ / name, {bytes.begin(), bytes.end()});
    return input_file(folder_ / name);
  }
  InputFile file(const std::string& name, const Image& image) { return file(name, encode_png(image, {})); }
  // Notes and errors without the folder.
  std::string plain(std::string text) const {
    const std::string folder = folder_.string() + "/";
    for (std::size_t at = 0; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }
  std::string refusal() const {
    return plain(error_of([&] { (void)read_init_image(options_); }));
  }

  std::filesystem::path folder_ = test_folder();
  GenerateOptions options_{.width = 64, .height = 48};
};

TEST_F(SourceTest, IsThePictureItselfIfItHasTheSize) {
  const Image image = pattern(64, 48);
  options_.init.image = file("a.png", image);
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(source.picture.rgb, image.rgb);
  EXPECT_TRUE(source.mask.empty());
  EXPECT_EQ(source.note, "");
  const Image drawn = blank(64, 48, {.red = 9});
  EXPECT_EQ(finish_init_image(source, drawn).rgb, drawn.rgb);
}

TEST_F(SourceTest, IsFittedAndSaysHow) {
  options_.init.image = file("a.png", pattern(64, 64));
  EXPECT_EQ(plain(read_init_image(options_).note), "a.png: 64x64, cut to 64x48");
  options_.fit = ImageFit::pad;
  options_.init.background = 0x102030;
  const InitImage padded = read_init_image(options_);
  EXPECT_EQ(plain(padded.note), "a.png: 64x64, scaled to 48x48, with borders to 64x48");
  EXPECT_EQ((std::vector<std::uint8_t>{padded.picture.rgb.begin(), padded.picture.rgb.begin() + 3}),
            (std::vector<std::uint8_t>{0x10, 0x20, 0x30}));
}

TEST_F(SourceTest, LiesOnTheBackgroundAndIsTurned) {
  using namespace testing_png;
  options_.width = options_.height = 1;
  options_.init.image = file("a.png", png(header(1, 1, 8, 6) + chunk("eXIf", testing_exif::orientation(3)) +
                                          pixels(std::string("\0\1\2\3\0", 5))));
  options_.init.background = 0xff8000;
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(source.picture.rgb, (std::vector<std::uint8_t>{255, 128, 0}));
  EXPECT_EQ(plain(source.note), "a.png: turned as its EXIF data say");
}

TEST_F(SourceTest, KeepsEveryPixelOutsideTheMask) {
  const Image image = pattern(64, 48), drawn = blank(64, 48, {.red = 1, .green = 2, .blue = 3});
  const Rectangle hole{.x = 20, .y = 10, .width = 16, .height = 8};
  options_.init.image = file("a.png", image);
  options_.inpaint.mask = file("mask.png", mask_with(64, 48, hole));
  for (const double blur : {0.0, 1.5}) {
    options_.inpaint.blur = blur;
    const InitImage source = read_init_image(options_);
    EXPECT_EQ(source.note, "");
    const Image result = finish_init_image(source, drawn);
    std::size_t kept = 0, painted = 0;
    for (std::size_t i = 0; i < source.mask.size(); ++i) {
      const auto pixel = [&](const Image& from) {
        return std::vector<std::uint8_t>(&from.rgb[3 * i], &from.rgb[3 * i] + 3);
      };
      if (source.mask[i] == 0) {
        EXPECT_EQ(pixel(result), pixel(image)) << i;
        ++kept;
      }
      if (source.mask[i] == 1) {
        EXPECT_EQ(pixel(result), pixel(drawn)) << i;
        ++painted;
      }
    }
    if (blur == 0) {
      EXPECT_EQ(painted, 16U * 8);
      EXPECT_EQ(kept, 64U * 48 - 16 * 8);
    } else {
      EXPECT_LT(painted, 16U * 8);
      EXPECT_EQ(kept, 64U * 48 - 26 * 18);  // five pixels more on each side
    }
  }
}

TEST_F(SourceTest, PaintsWhatIsBlackIfAsked) {
  options_.init.image = file("a.png", pattern(64, 48));
  options_.inpaint.mask = file("mask.png", mask_with(64, 48, {.x = 0, .y = 0, .width = 32, .height = 48}));
  options_.inpaint.invert = true;
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(source.mask[0], 0);
  EXPECT_EQ(source.mask[63], 1);
}

TEST_F(SourceTest, DoesNotPaintBorders) {
  options_.init.image = file("a.png", pattern(48, 48));
  options_.inpaint.mask = file("mask.png", mask_with(48, 48, {}));
  options_.inpaint.invert = true;
  options_.fit = ImageFit::pad;
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(source.mask[7], 0);
  EXPECT_EQ(source.mask[8], 1);
  EXPECT_EQ(plain(source.note), "a.png: 48x48, with borders to 64x48; mask.png: everything is to be painted anew");
}

TEST_F(SourceTest, SaysIfAMaskIsPlain) {
  options_.init.image = file("a.png", pattern(64, 48));
  options_.inpaint.mask = file("mask.png", blank(64, 48, {}));
  EXPECT_EQ(plain(read_init_image(options_).note), "mask.png: nothing is to be painted, so the picture stays as it is");
  options_.inpaint.invert = true;
  EXPECT_EQ(plain(read_init_image(options_).note), "mask.png: everything is to be painted anew");
}

TEST_F(SourceTest, RefusesAMaskOfAnotherSize) {
  options_.init.image = file("a.png", pattern(64, 48));
  options_.inpaint.mask = file("mask.png", blank(48, 64, {}));
  EXPECT_EQ(refusal(), "bad_data: mask.png: 48x64 pixels, but a.png has 64x48. Make the mask as large as the picture.");
}

TEST_F(SourceTest, RefusesWhatIsNoPicture) {
  options_.init.image = file("a.png", {'G', 'I', 'F', '8', '9', 'a'});
  EXPECT_EQ(refusal(), "bad_data: a.png: a GIF picture, which is not read. Convert it to PNG or JPEG.");
  options_.init.image = file("b.png", pattern(8, 8));
  write_file(folder_ / "b.png", "other");
  EXPECT_EQ(refusal(), "bad_data: b.png: the file has changed since the run began.");
}

TEST_F(SourceTest, WorksOnThePartAroundTheMaskAndPutsItBack) {
  const Image image = pattern(300, 200);
  const Rectangle hole{.x = 100, .y = 90, .width = 20, .height = 10};
  options_.init.image = file("a.png", image);
  options_.inpaint.mask = file("mask.png", mask_with(300, 200, hole));
  options_.inpaint.area = InpaintArea::mask;
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(plain(source.note), "a.png: 300x200, of which 99x74 around the mask are worked on at 64x48");
  EXPECT_EQ(source.picture.width, 64);
  EXPECT_EQ(source.picture.height, 48);
  EXPECT_EQ(source.mask.size(), 64U * 48);
  EXPECT_EQ(source.area.x, 61);
  EXPECT_EQ(source.area.y, 58);
  const Image result = finish_init_image(source, blank(64, 48, {.red = 1, .green = 2, .blue = 3}));
  EXPECT_EQ(result.width, 300);
  EXPECT_EQ(result.height, 200);
  Image expected = image;
  fill(expected, hole, {.red = 1, .green = 2, .blue = 3});
  EXPECT_EQ(result.rgb, expected.rgb);
}

TEST_F(SourceTest, WorksOnAllOfThePictureIfNothingIsPainted) {
  const Image image = pattern(100, 80);
  options_.init.image = file("a.png", image);
  options_.inpaint.mask = file("mask.png", blank(100, 80, {}));
  options_.inpaint.area = InpaintArea::mask;
  const InitImage source = read_init_image(options_);
  EXPECT_EQ(source.area.width, 100);
  EXPECT_EQ(finish_init_image(source, blank(64, 48, {})).rgb, image.rgb);
}

}  // namespace
}  // namespace sfumato

#include "image/image_fit.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

constexpr Colour kGreen{.red = 0, .green = 255, .blue = 0};

std::string text(const Rectangle& area) {
  return std::to_string(area.width) + "x" + std::to_string(area.height) + "+" + std::to_string(area.x) + "+" +
         std::to_string(area.y);
}

Image pattern(int width, int height) {
  Image image{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * i / 5));
  return image;
}

std::uint8_t red_at(const Image& image, int x, int y) {
  return image.rgb[static_cast<std::size_t>(3 * (y * image.width + x))];
}

TEST(ImageFit, CropTakesTheLargestPartFromTheMiddle) {
  EXPECT_EQ(text(fit({640, 480}, {512, 512}, ImageFit::crop).from), "480x480+80+0");
  EXPECT_EQ(text(fit({480, 640}, {512, 512}, ImageFit::crop).from), "480x480+0+80");
  EXPECT_EQ(text(fit({640, 480}, {512, 480}, ImageFit::crop).from), "512x480+64+0");
  EXPECT_EQ(text(fit({640, 480}, {320, 240}, ImageFit::crop).from), "640x480+0+0");
  EXPECT_EQ(text(fit({1000, 1}, {512, 512}, ImageFit::crop).from), "1x1+499+0");
  EXPECT_EQ(text(fit({1, 1}, {512, 64}, ImageFit::crop).from), "1x1+0+0");
  EXPECT_EQ(text(fit({640, 480}, {512, 512}, ImageFit::crop).to), "512x512+0+0");
}

TEST(ImageFit, PadKeepsAllAndLeavesBorders) {
  const Geometry wide = fit({640, 480}, {512, 512}, ImageFit::pad);
  EXPECT_EQ(text(wide.from), "640x480+0+0");
  EXPECT_EQ(text(wide.to), "512x384+0+64");
  EXPECT_EQ(text(fit({10, 1000}, {64, 64}, ImageFit::pad).to), "1x64+31+0");
}

TEST(ImageFit, StretchKeepsAllOutOfProportion) {
  const Geometry geometry = fit({640, 480}, {512, 512}, ImageFit::stretch);
  EXPECT_EQ(text(geometry.from), "640x480+0+0");
  EXPECT_EQ(text(geometry.to), "512x512+0+0");
}

TEST(ImageFit, SaysWhatItDoes) {
  const auto said = [](ImageSize original, ImageSize result, ImageFit how) {
    return shown(fit(original, result, how));
  };
  EXPECT_EQ(said({640, 480}, {640, 480}, ImageFit::crop), "");
  EXPECT_EQ(said({640, 480}, {640, 480}, ImageFit::pad), "");
  EXPECT_EQ(said({640, 480}, {512, 480}, ImageFit::crop), "640x480, cut to 512x480");
  EXPECT_EQ(said({640, 480}, {512, 512}, ImageFit::crop), "640x480, cut and scaled to 512x512");
  EXPECT_EQ(said({640, 480}, {320, 240}, ImageFit::crop), "640x480, scaled to 320x240");
  EXPECT_EQ(said({640, 480}, {512, 512}, ImageFit::pad), "640x480, scaled to 512x384, with borders to 512x512");
  EXPECT_EQ(said({640, 480}, {640, 512}, ImageFit::pad), "640x480, with borders to 640x512");
  EXPECT_EQ(said({640, 480}, {512, 512}, ImageFit::stretch), "640x480, stretched to 512x512");
  EXPECT_EQ(said({640, 480}, {320, 240}, ImageFit::stretch), "640x480, scaled to 320x240");
}

TEST(ImageFit, PassesThroughWhatHasTheSizeAlready) {
  const Image image = pattern(33, 17);
  for (const ImageFit how : {ImageFit::crop, ImageFit::pad, ImageFit::stretch}) {
    EXPECT_EQ(fitted(image, fit({33, 17}, {33, 17}, how), kGreen).rgb, image.rgb);
  }
}

TEST(ImageFit, CopiesWhatItOnlyCutsOrPads) {
  const Image image = pattern(8, 4);
  const Image cut = fitted(image, fit({8, 4}, {4, 4}, ImageFit::crop), kGreen);
  const Image padded = fitted(image, fit({8, 4}, {8, 8}, ImageFit::pad), kGreen);
  ASSERT_EQ(cut.width, 4);
  ASSERT_EQ(padded.height, 8);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) EXPECT_EQ(red_at(cut, x, y), red_at(image, x + 2, y));
    for (int x = 0; x < 8; ++x) EXPECT_EQ(red_at(padded, x, y + 2), red_at(image, x, y));
  }
  for (const int y : {0, 1, 6, 7}) {
    EXPECT_EQ(red_at(padded, 3, y), 0);
    EXPECT_EQ(padded.rgb[static_cast<std::size_t>(3 * (y * 8 + 3) + 1)], 255);
  }
}

TEST(ImageFit, KeepsMasksOnTheirPicture) {
  // The left half of 8 x 4 pixels.
  std::vector<float> mask(32, 0);
  for (std::size_t i = 0; i < 32; ++i) mask[i] = i % 8 < 4 ? 1 : 0;
  EXPECT_EQ(fitted(mask, fit({8, 4}, {8, 4}, ImageFit::crop), 0), mask);
  const std::vector<float> small = fitted(mask, fit({8, 4}, {2, 2}, ImageFit::crop), 0);
  ASSERT_EQ(small.size(), 4U);
  EXPECT_GT(small[0], 0.8F);
  EXPECT_LT(small[1], 0.2F);
  const std::vector<float> padded = fitted(mask, fit({8, 4}, {8, 8}, ImageFit::pad), 0.5F);
  EXPECT_EQ(padded[0], 0.5F);
  EXPECT_EQ(padded[2 * 8 + 3], 1);
  EXPECT_EQ(padded[2 * 8 + 4], 0);
  const std::vector<float> large = fitted(mask, fit({8, 4}, {64, 32}, ImageFit::crop), 0);
  EXPECT_EQ(large[16 * 64 + 8], 1);
  EXPECT_EQ(large[16 * 64 + 56], 0);
  for (const float value : large) {
    EXPECT_GE(value, 0);
    EXPECT_LE(value, 1);
  }
}

TEST(ImageFit, TakesTheNearestOfClasses) {
  const std::vector<std::uint8_t> classes = {1, 2, 3, 4, 5, 6, 7, 8};  // 4 x 2
  using Classes = std::vector<std::uint8_t>;
  EXPECT_EQ(nearest(classes, fit({4, 2}, {4, 2}, ImageFit::crop), 0), classes);
  EXPECT_EQ(nearest(classes, fit({4, 2}, {2, 2}, ImageFit::crop), 0), (Classes{2, 3, 6, 7}));
  EXPECT_EQ(nearest(classes, fit({4, 2}, {2, 1}, ImageFit::stretch), 0), (Classes{6, 8}));
  EXPECT_EQ(nearest(classes, fit({4, 2}, {8, 2}, ImageFit::stretch), 0),
            (Classes{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8}));
  EXPECT_EQ(nearest(classes, fit({4, 2}, {4, 4}, ImageFit::pad), 9),
            (Classes{9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9}));
}

}  // namespace
}  // namespace sfumato

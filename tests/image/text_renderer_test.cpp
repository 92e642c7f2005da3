#include "image/text_renderer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sfumato {
namespace {

constexpr Colour kWhite = {255, 255, 255};
constexpr Colour kBlack = {0, 0, 0};

// Where something is drawn: columns and rows from, to.
struct Extent {
  int left = 1 << 20, right = -1, top = 1 << 20, bottom = -1;
};

Extent extent_of(const Image& image) {
  Extent extent;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.rgb[static_cast<std::size_t>(3 * (y * image.width + x))] > 200) continue;
      extent.left = std::min(extent.left, x), extent.right = std::max(extent.right, x);
      extent.top = std::min(extent.top, y), extent.bottom = std::max(extent.bottom, y);
    }
  }
  return extent;
}

Image drawn(const std::string& text, int size = 20) {
  Image image = blank(400, 40, kWhite);
  TextRenderer(size).draw(image, 10, 5, text, kBlack);
  return image;
}

TEST(TextRenderer, HasTheMeasuresOfDejaVuSans) {
  const TextRenderer lettering(2048);  // the units of the font
  EXPECT_EQ(lettering.width("H"), 1540);
  EXPECT_EQ(lettering.width("HH"), 2 * 1540);
  EXPECT_EQ(lettering.width(""), 0);
  EXPECT_EQ(TextRenderer(2048, TextRenderer::Weight::bold).width("H"), 1714);
}

TEST(TextRenderer, DrawsBelowAndRightOfThePoint) {
  const Extent extent = extent_of(drawn("Hg"));
  EXPECT_GE(extent.left, 10);
  EXPECT_LE(extent.right, 10 + TextRenderer(20).width("Hg"));
  EXPECT_GE(extent.top, 5);
  EXPECT_LE(extent.bottom, 5 + TextRenderer(20).line_height());
  EXPECT_NEAR(extent.bottom - extent.top, 19, 2);  // cap height 0.73 and descender 0.24 of the em
}

TEST(TextRenderer, DrawsDifferentLetters) {
  EXPECT_NE(drawn("a").rgb, drawn("b").rgb);
  EXPECT_NE(drawn("\u00e9").rgb, drawn("e").rgb);
  EXPECT_NE(drawn("\u0416").rgb, drawn("\u0417").rgb);
  EXPECT_EQ(drawn(" ").rgb, drawn("").rgb);
}

TEST(TextRenderer, ShowsABoxForWhatTheFontDoesNotHave) {
  EXPECT_EQ(drawn("\u4e2d").rgb, drawn("\u4e8c").rgb);
  EXPECT_NE(drawn("\u4e2d").rgb, drawn("").rgb);
}

TEST(TextRenderer, LeavesOutCharactersThatOnlyTellHowOthersLook) {
  EXPECT_EQ(drawn("a\u200db\ufe0f").rgb, drawn("ab").rgb);
  EXPECT_EQ(drawn("\u200d").rgb, drawn("").rgb);
}

TEST(TextRenderer, StaysInsideThePicture) {
  Image image = blank(5, 5, kWhite);
  TextRenderer(30).draw(image, -10, -10, "HHHH", kBlack);
  TextRenderer(30).draw(image, 3, 3, "HHHH", kBlack);
  EXPECT_EQ(image.rgb.size(), 75U);
}

TEST(TextRenderer, WrapsBetweenWords) {
  const TextRenderer lettering(2048);
  const int five = lettering.width("aaaaa");
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lettering.wrap_lines("aa aa aa", five, 9), (Lines{"aa aa", "aa"}));
  EXPECT_EQ(lettering.wrap_lines("aa  aaaa", five, 9), (Lines{"aa", "aaaa"}));
  EXPECT_EQ(lettering.wrap_lines("aaaaaaa", five, 9), (Lines{"aaaaa", "aa"}));
  EXPECT_EQ(lettering.wrap_lines("aa", 1, 9), (Lines{"a", "a"}));
  EXPECT_EQ(lettering.wrap_lines("", five, 9), Lines{});
}

TEST(TextRenderer, CutsWithAnEllipsis) {
  const TextRenderer lettering(2048);
  const int six = lettering.width("aaaaaa");
  EXPECT_EQ(lettering.wrap_lines("aaa aaa aaa", six, 2), (std::vector<std::string>{"aaa", "aaa\u2026"}));
  EXPECT_EQ(lettering.wrap_lines("aaaaaaaaa", six, 1), (std::vector<std::string>{"aaaa\u2026"}));
  EXPECT_LE(lettering.width(lettering.wrap_lines("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", six, 1).front()), six);
}

}  // namespace
}  // namespace sfumato

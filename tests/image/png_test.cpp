#include "image/png.h"

#include <gtest/gtest.h>
#include <png.h>

#include <cstring>
#include <map>

namespace sfumato {
namespace {

// What libpng finds in a PNG. It refuses a wrong CRC, order or checksum.
struct Found {
  int width = 0;
  int height = 0;
  int depth = 0;
  int colour = 0;
  std::vector<std::uint8_t> rgb;
  std::map<std::string, std::string> latin1_texts;  // tEXt
  std::map<std::string, std::string> utf8_texts;    // iTXt
};

void take_bytes(png_structp png, png_bytep to, std::size_t size) {
  auto* rest = static_cast<std::span<const std::uint8_t>*>(png_get_io_ptr(png));
  if (rest->size() < size) png_error(png, "the file ends early");
  std::memcpy(to, rest->data(), size);
  *rest = rest->subspan(size);
}

[[noreturn]] void refuse(png_structp, png_const_charp message) { throw std::runtime_error(message); }

Found read_png(std::span<const std::uint8_t> file) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, &refuse, &refuse);
  png_infop info = png_create_info_struct(png);
  png_set_read_fn(png, &file, &take_bytes);
  png_read_info(png, info);
  Found found{.width = static_cast<int>(png_get_image_width(png, info)),
              .height = static_cast<int>(png_get_image_height(png, info)),
              .depth = png_get_bit_depth(png, info),
              .colour = png_get_color_type(png, info),
              .rgb = {},
              .latin1_texts = {},
              .utf8_texts = {}};
  const std::size_t row = png_get_rowbytes(png, info);
  found.rgb.resize(row * static_cast<std::size_t>(found.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(found.height); ++y)
    png_read_row(png, found.rgb.data() + y * row, nullptr);
  png_read_end(png, info);
  png_textp texts = nullptr;
  const int count = png_get_text(png, info, &texts, nullptr);
  for (const png_text& text : std::span(texts, static_cast<std::size_t>(count))) {
    const bool latin1 = text.compression == PNG_TEXT_COMPRESSION_NONE;
    (latin1 ? found.latin1_texts : found.utf8_texts)[text.key] =
        std::string(text.text, latin1 ? text.text_length : text.itxt_length);
  }
  png_destroy_read_struct(&png, &info, nullptr);
  if (!file.empty()) throw std::runtime_error("bytes after the end");
  return found;
}

// Pixels without a pattern, so that every filter of PNG is used.
Image noise(int width, int height) {
  Image image{.width = width, .height = height, .rgb = {}};
  std::uint32_t state = 1;
  for (int i = 0; i < width * height * 3; ++i) {
    state = state * 1664525 + 1013904223;
    image.rgb.push_back(static_cast<std::uint8_t>(i % 7 == 0 ? state >> 24 : i / 3));
  }
  return image;
}

const Image kPixel = {.width = 1, .height = 1, .rgb = {1, 2, 3}};

Found read_with_text(const std::string& text) {
  const std::vector<PngText> texts = {{.keyword = "parameters", .text = text}};
  return read_png(encode_png(kPixel, texts));
}

TEST(Png, GivesTheSamePixelsBackToLibpng) {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(64, 32), std::pair(33, 257)}) {
    const Image image = noise(width, height);
    const Found found = read_png(encode_png(image, {}));
    EXPECT_EQ(found.width, width);
    EXPECT_EQ(found.height, height);
    EXPECT_EQ(found.depth, 8);
    EXPECT_EQ(found.colour, PNG_COLOR_TYPE_RGB);
    EXPECT_EQ(found.rgb, image.rgb);
  }
}

TEST(Png, HasNoTextUnlessItIsGivenOne) {
  const Found found = read_png(encode_png(kPixel, {}));
  EXPECT_TRUE(found.latin1_texts.empty());
  EXPECT_TRUE(found.utf8_texts.empty());
}

TEST(Png, WritesTextThatLatin1CanHoldAsLatin1) {
  const Found found = read_with_text("a caf\u00e9 at 20 \u00b0C \u00a1\u00ff~\nSteps: 2");
  EXPECT_EQ(found.latin1_texts.at("parameters"),
            "a caf\xe9 at 20 \xb0"
            "C \xa1\xff~\nSteps: 2");
  EXPECT_TRUE(found.utf8_texts.empty());
}

TEST(Png, WritesOtherTextAsUtf8) {
  for (const std::string text : {"\u0441\u043e\u0431\u0430\u043a\u0430", "a cat \U0001F600", "\u0100", "a\u0080b",
                                 "a\u00a0b", "a\x1b[2Jb", "a\tb"}) {
    const Found found = read_with_text(text);
    EXPECT_EQ(found.utf8_texts.at("parameters"), text);
    EXPECT_TRUE(found.latin1_texts.empty()) << text;
  }
}

TEST(Png, KeepsAnEmptyText) { EXPECT_EQ(read_with_text("").latin1_texts.at("parameters"), ""); }

TEST(Png, KeepsEveryTextUnderItsKeyword) {
  const std::vector<PngText> texts = {{.keyword = "parameters", .text = "\u0100"},
                                      {.keyword = "sfumato", .text = "{}"}};
  const Found found = read_png(encode_png(kPixel, texts));
  EXPECT_EQ(found.utf8_texts.at("parameters"), "\u0100");
  EXPECT_EQ(found.latin1_texts.at("sfumato"), "{}");
}

TEST(Png, PutsTextsBeforeThePixels) {
  const std::vector<PngText> texts = {{.keyword = "sfumato", .text = "{}"}};
  const std::vector<std::uint8_t> png = encode_png(kPixel, texts);
  const std::string bytes(png.begin(), png.end());
  EXPECT_LT(bytes.find("tEXt"), bytes.find("IDAT"));
}

TEST(Png, GivesTheSameBytesForTheSameInput) {
  const std::vector<PngText> texts = {{.keyword = "parameters", .text = "a cat"}};
  EXPECT_EQ(encode_png(noise(65, 33), texts), encode_png(noise(65, 33), texts));
}

TEST(Png, IsSmallWhereThePictureIsPlain) {
  const Image plain{.width = 256, .height = 256, .rgb = std::vector<std::uint8_t>(256 * 256 * 3, 7)};
  EXPECT_LT(encode_png(plain, {}).size(), 2000U);
}

// So that the reader of these tests is known to see damage.
TEST(Png, IsRefusedByLibpngWhenAnyByteOfItsTextIsWrong) {
  const std::vector<PngText> texts = {{.keyword = "sfumato", .text = "{}"}};
  std::vector<std::uint8_t> png = encode_png(kPixel, texts);
  png[8 + 25 + 8 + 8] ^= 1;  // signature, IHDR, length and type, keyword and NUL
  EXPECT_THROW((void)read_png(png), std::runtime_error);
}

}  // namespace
}  // namespace sfumato

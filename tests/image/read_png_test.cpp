#include "image/read_png.h"

#include <gtest/gtest.h>

#include <fstream>

#include "error_of.h"
#include "image/png_bytes.h"

namespace sfumato {
namespace {

using namespace testing_png;
using namespace std::string_literals;

using Rgb = std::vector<std::uint8_t>;

std::string refusal(const std::vector<std::uint8_t>& file) {
  return error_of([&] { (void)decode_png(file, "a.png"); });
}

// The one text of a PNG that holds this chunk.
PngText text_in(const std::string& type, const std::string& data) {
  const std::vector<PngText> texts = decode_png_texts(pixel_png(chunk(type, data)), "").texts;
  EXPECT_EQ(texts.size(), 1U);
  return texts.empty() ? PngText{} : texts.front();
}

Image pattern(int width, int height) {
  Image image{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * i / 5));
  return image;
}

TEST(ReadPng, GivesBackWhatThisProgramWrites) {
  const Image image = pattern(33, 17);
  const std::vector<PngText> texts = {{.keyword = "parameters", .text = "a caf\u00e9\nSteps: 2"},
                                      {.keyword = "sfumato", .text = "{\"prompt\":\"\u0441\"}"}};
  const PngFile found = decode_png(encode_png(image, texts), "");
  EXPECT_EQ(found.image.width, 33);
  EXPECT_EQ(found.image.height, 17);
  EXPECT_EQ(found.image.rgb, image.rgb);
  ASSERT_EQ(found.texts.size(), 2U);
  EXPECT_EQ(found.texts[0].keyword, "parameters");
  EXPECT_EQ(found.texts[0].text, texts[0].text);
  EXPECT_EQ(found.texts[1].text, texts[1].text);
}

TEST(ReadPng, WidensGreyAndPalettes) {
  EXPECT_EQ(decode_png(png(header(2, 1, 8, 0) + pixels("\0\x07\xfe"s)), "").image.rgb, (Rgb{7, 7, 7, 254, 254, 254}));
  EXPECT_EQ(decode_png(png(header(2, 1, 1, 0) + pixels("\0\x40"s)), "").image.rgb, (Rgb{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode_png(png(header(2, 1, 8, 3) + chunk("PLTE", "\1\2\3\4\5\6") + pixels("\0\1\0"s)), "").image.rgb,
            (Rgb{4, 5, 6, 1, 2, 3}));
}

TEST(ReadPng, RoundsSixteenBits) {
  EXPECT_EQ(decode_png(png(header(1, 1, 16, 2) + pixels("\0\x07\x07\xff\xff\x10\x11"s)), "").image.rgb,
            (Rgb{7, 255, 16}));
}

TEST(ReadPng, LaysTransparencyOnWhite) {
  EXPECT_EQ(decode_png(png(header(2, 1, 8, 6) + pixels("\0\1\2\3\0\4\5\6\xff"s)), "").image.rgb,
            (Rgb{255, 255, 255, 4, 5, 6}));
}

TEST(ReadPng, ReadsInterlacedPictures) {
  // Adam7 of 2 x 2 pixels: the first in pass 1, the second in pass 6, the lower row in pass 7; each row has a filter.
  EXPECT_EQ(decode_png(png(header(2, 2, 8, 0, true) + pixels("\0\1\0\2\0\3\4"s)), "").image.rgb,
            (Rgb{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}));
}

TEST(ReadPng, TakesWhatLibpngWarnsOfAsAnError) {
  EXPECT_EQ(decode_png(pixel_png(chunk("gAMA", number(45455))), "").image.rgb, (Rgb{1, 2, 3}));
  // A filter that PNG does not know.
  EXPECT_EQ(refusal(png(header(1, 1, 8, 2) + pixels("\5\1\2\3"))),
            "bad_data: a.png: the PNG is damaged: bad adaptive filter value.");
  // A palette that is not there.
  EXPECT_EQ(refusal(png(header(1, 1, 8, 3) + pixels("\0\0"s))),
            "bad_data: a.png: the PNG is damaged: IDAT: Missing PLTE before IDAT.");
  // A chunk that must be understood.
  EXPECT_NE(refusal(pixel_png(chunk("ABCD", ""))), "no error");
}

TEST(ReadPng, ReadsAllThreeKindsOfText) {
  for (const auto& [type, data] :
       {std::pair("tEXt"s, "key\0caf\xe9"s), std::pair("zTXt"s, "key\0\0"s + compressed("caf\xe9")),
        std::pair("iTXt"s, "key\0\0\0de\0Schl\0caf\u00e9"s),
        std::pair("iTXt"s, "key\0\1\0\0\0"s + compressed("caf\u00e9"))}) {
    const PngText text = text_in(type, data);
    EXPECT_EQ(text.keyword, "key");
    EXPECT_EQ(text.text, "caf\u00e9") << type;
  }
}

TEST(ReadPng, ReadsTextsOnBothSidesOfThePixels) {
  const std::string data = pixels("\0\1\2\3"s);
  const PngTexts found =
      decode_png_texts(png(header(1, 1, 8, 2) + chunk("tEXt", "a\0001"s) + data + chunk("tEXt", "b\0002"s)), "");
  EXPECT_EQ(found.width, 1);
  EXPECT_EQ(found.height, 1);
  ASSERT_EQ(found.texts.size(), 2U);
  EXPECT_EQ(found.texts[0].text, "1");
  EXPECT_EQ(found.texts[1].keyword, "b");
}

TEST(ReadPng, RefusesTextsThatAreNone) {
  const auto said = [](const std::string& type, const std::string& data) {
    return refusal(pixel_png(chunk(type, data)));
  };
  const std::string damaged = "bad_data: a.png: the PNG is damaged: a ";
  EXPECT_EQ(said("tEXt", "no end"), damaged + "tEXt chunk has no end of its keyword.");
  EXPECT_EQ(said("tEXt", "\0text"s), damaged + "tEXt chunk has a keyword that PNG does not allow.");
  EXPECT_EQ(said("tEXt", "a\0b\0c"s), damaged + "tEXt chunk holds a NUL.");
  EXPECT_EQ(said("zTXt", "a\0"s), damaged + "zTXt chunk is too short.");
  EXPECT_EQ(said("zTXt", "a\0\1"s), damaged + "zTXt chunk is compressed in a way that PNG does not know.");
  EXPECT_EQ(said("zTXt", "a\0\0rubbish"s), damaged + "zTXt chunk holds no text, or one of more than 1048576 bytes.");
  EXPECT_EQ(said("iTXt", "a\0\0\0\0\0\xff"s), damaged + "iTXt chunk is not UTF-8.");
  EXPECT_EQ(said("iTXt", "a\0\2\0\0\0b"s), damaged + "iTXt chunk is compressed in a way that PNG does not know.");
}

TEST(ReadPng, DoesNotUnpackATextBeyondTheLimit) {
  const std::string most(kMaxPngTextBytes, 'a');
  EXPECT_EQ(text_in("zTXt", "a\0\0"s + compressed(most)).text, most);
  EXPECT_EQ(refusal(pixel_png(chunk("zTXt", "a\0\0"s + compressed(most + "a")))),
            "bad_data: a.png: the PNG is damaged: a zTXt chunk holds no text, or one of more than 1048576 bytes.");
  std::string many;
  for (int i = 0; i < 17; ++i) many += chunk("zTXt", "a\0\0"s + compressed(most));
  EXPECT_EQ(refusal(pixel_png(many)),
            "bad_data: a.png: the PNG's texts are longer than the 16777216 bytes that are read.");
}

TEST(ReadPng, LimitsTheNumberOfTexts) {
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += chunk("tEXt", "a\0b"s);
  EXPECT_EQ(decode_png_texts(pixel_png(chunks), "").texts.size(), 1000U);
  chunks += chunk("tEXt", "a\0b"s);
  EXPECT_EQ(refusal(pixel_png(chunks)), "bad_data: a.png: the PNG has more than the 1000 texts that are read.");
}

TEST(ReadPng, RefusesEveryTruncation) {
  const std::vector<PngText> texts = {{.keyword = "sfumato", .text = "{}"}};
  const std::vector<std::uint8_t> file = encode_png(pattern(9, 5), texts);
  for (std::size_t length = 0; length < file.size(); ++length) {
    const std::span<const std::uint8_t> part = std::span(file).first(length);
    EXPECT_THROW((void)decode_png(part, ""), Error) << length;
    EXPECT_THROW((void)decode_png_texts(part, ""), Error) << length;
  }
}

TEST(ReadPng, RefusesEveryFlippedBit) {
  const std::vector<PngText> texts = {{.keyword = "sfumato", .text = "{}"}};
  std::vector<std::uint8_t> file = encode_png(pattern(9, 5), texts);
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(1u << bit % 8);
    file[bit / 8] ^= mask;
    EXPECT_THROW((void)decode_png(file, ""), Error) << bit;
    EXPECT_THROW((void)decode_png_texts(file, ""), Error) << bit;
    file[bit / 8] ^= mask;
  }
}

// Whatever the bytes, the answer is a picture or an Error: the checksums are made right again, so that what lies behind
// them is reached.
TEST(ReadPng, AnswersToAnyBytesBehindRightChecksums) {
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  for (int round = 0; round < 3000; ++round) {
    std::string head = header(3, 2, 8, 2).substr(8, 13), stream = compressed(std::string(20, '\1'));
    std::string text = "a\0\1\0\0\0"s + compressed("text"), palette(6, '\2');
    for (std::string* part : {&head, &stream, &text, &palette}) {
      if (next() % 2 == 0) (*part)[next() % part->size()] = static_cast<char>(next());
      if (next() % 8 == 0) part->resize(next() % (part->size() + 1));
    }
    head.replace(0, std::min<std::size_t>(head.size(), 3), head.size() < 3 ? "" : "\0\0\0"s);
    const auto file = png(chunk("IHDR", head) + chunk("PLTE", palette) + chunk("iTXt", text) + chunk("IDAT", stream));
    try {
      const PngFile found = decode_png(file, "");
      EXPECT_EQ(found.image.rgb.size(),
                static_cast<std::size_t>(found.image.width) * static_cast<std::size_t>(found.image.height) * 3);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::bad_data) << error.what();
    }
  }
}

TEST(ReadPng, NamesTheFile) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "read_png_not.png";
  std::ofstream(path) << "text";
  EXPECT_EQ(error_of([&] { (void)read_png(path); }), "bad_data: " + path.string() + ": not a PNG.");
  EXPECT_EQ(error_of([&] { (void)read_png_texts(path.string() + ".absent"); }),
            "input_missing: " + path.string() + ".absent: No such file or directory.");
}

TEST(ReadPng, TakesBytesBehindTheLastChunkForDamageOnRequest) {
  std::vector<std::uint8_t> file = encode_png({.width = 1, .height = 1, .rgb = {0, 0, 0}}, {});
  EXPECT_EQ(decode_png_texts(file, "a.png", TrailingBytes::refuse).width, 1);
  file.insert(file.end(), {1, 2, 3});
  EXPECT_EQ(decode_png_texts(file, "a.png").width, 1);
  EXPECT_EQ(error_of([&] { (void)decode_png_texts(file, "a.png", TrailingBytes::refuse); }),
            "bad_data: a.png: the PNG is damaged: 3 bytes follow its last chunk.");
}

}  // namespace
}  // namespace sfumato

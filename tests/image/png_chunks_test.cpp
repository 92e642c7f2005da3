#include "image/png_chunks.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/png_bytes.h"

namespace sfumato {
namespace {

using namespace testing_png;

std::string refusal(const std::vector<std::uint8_t>& file) {
  return error_of([&] { check_pixel_data(split_png(file, "a.png"), "a.png"); });
}

TEST(PngChunks, AreFoundInTheirOrder) {
  const std::vector<std::uint8_t> file = pixel_png(chunk("gAMA", "1234") + chunk("tEXt", ""));
  const PngChunks png = split_png(file, "");
  ASSERT_EQ(png.chunks.size(), 3U);
  EXPECT_EQ(png.chunks[0].type, "gAMA");
  EXPECT_EQ(png.chunks[0].data[1], '2');
  EXPECT_TRUE(png.chunks[1].data.empty());
  EXPECT_EQ(png.chunks[2].type, "IDAT");
}

TEST(PngChunks, BeginWithAHeader) {
  const std::vector<std::uint8_t> file = png(header(300, 20, 16, 6, true) + chunk("IDAT", ""));
  const PngHeader found = split_png(file, "").header;
  EXPECT_EQ(found.width, 300);
  EXPECT_EQ(found.height, 20);
  EXPECT_EQ(found.bit_depth, 16);
  EXPECT_EQ(found.colour_type, 6);
  EXPECT_TRUE(found.interlaced);
}

TEST(PngChunks, AreNotLookedForInOtherFiles) {
  EXPECT_EQ(refusal({}), "bad_data: a.png: not a PNG: the file is empty.");
  EXPECT_EQ(refusal(bytes("GIF89a")), "bad_data: a.png: not a PNG.");
  EXPECT_EQ(refusal(bytes("\x89PNG\r\n")), "bad_data: a.png: not a PNG.");
  EXPECT_EQ(refusal(bytes(kSignature)),
            "bad_data: a.png: the PNG is cut off: it ends at byte 8, before its last chunk.");
  EXPECT_EQ(refusal(bytes(kSignature + chunk("IDAT", ""))), "bad_data: a.png: the PNG is damaged: it has no header.");
}

TEST(PngChunks, MustStandWhereTheyMay) {
  const std::string head = header(1, 1, 8, 2), data = pixels(std::string("\0\1\2\3", 4));
  EXPECT_EQ(refusal(png(head)), "bad_data: a.png: the PNG is damaged: it has no pixels.");
  EXPECT_EQ(refusal(png(head + head + data)),
            "bad_data: a.png: the PNG is damaged: chunk IHDR must not be where it is.");
  EXPECT_EQ(refusal(png(head + data + chunk("tEXt", "") + data)),
            "bad_data: a.png: the PNG is damaged: chunk IDAT must not be where it is.");
  EXPECT_EQ(refusal(png(head + chunk("1234", "") + data)), "bad_data: a.png: the PNG is damaged: no chunk at byte 33.");
}

TEST(PngChunks, AreRefusedWhenTheirLengthIsWrong) {
  std::string file = kSignature + header(1, 1, 8, 2);
  EXPECT_EQ(refusal(bytes(file + number(0xFFFFFFFF) + "IDAT" + number(0))),
            "bad_data: a.png: the PNG is damaged: no chunk at byte 33.");
  EXPECT_EQ(refusal(bytes(file + number(0x7FFFFFFF) + "IDAT" + number(0))),
            "bad_data: a.png: the PNG is cut off: it ends at byte 45, before its last chunk.");
}

TEST(PngChunks, HaveAPictureWithinTheLimits) {
  const std::string data = chunk("IDAT", "");
  EXPECT_EQ(refusal(png(header(16385, 1, 8, 2) + data)),
            "bad_data: a.png: a PNG of 16385 x 1 pixels; at most 16384 a side and 67108864 in all are read.");
  EXPECT_EQ(refusal(png(header(16384, 4097, 8, 2) + data)),
            "bad_data: a.png: a PNG of 16384 x 4097 pixels; at most 16384 a side and 67108864 in all are read.");
  EXPECT_EQ(
      refusal(png(header(0xFFFFFFFF, 0xFFFFFFFF, 8, 2) + data)),
      "bad_data: a.png: a PNG of 4294967295 x 4294967295 pixels; at most 16384 a side and 67108864 in all are read.");
}

TEST(PngChunks, HaveAHeaderThatPngKnows) {
  const std::string data = chunk("IDAT", "");
  for (const std::string& head : {header(0, 1, 8, 2), header(1, 0, 8, 2), header(1, 1, 4, 2), header(1, 1, 3, 0),
                                  header(1, 1, 16, 3), header(1, 1, 8, 1), header(1, 1, 8, 5), header(1, 1, 8, 7)}) {
    EXPECT_EQ(refusal(png(head + data)),
              "bad_data: a.png: the PNG is damaged: its header has values that PNG does not know.");
  }
}

TEST(PngPixelData, IsAsLongAsTheHeaderSays) {
  const auto with = [](const std::string& head, std::size_t size) {
    return refusal(png(head + pixels(std::string(size, '\0'))));
  };
  EXPECT_EQ(with(header(3, 2, 8, 2), 2 * (1 + 9)), "no error");
  EXPECT_EQ(with(header(3, 2, 16, 6), 2 * (1 + 24)), "no error");
  EXPECT_EQ(with(header(9, 2, 1, 0), 2 * (1 + 2)), "no error");
  EXPECT_EQ(with(header(3, 2, 4, 3), 2 * (1 + 2)), "no error");
  EXPECT_EQ(with(header(3, 2, 8, 4), 2 * (1 + 6)), "no error");
  // Adam7 of 8 x 8 grey pixels: 1, 1, 2, 4, 8, 16 and 32 pixels in 1, 1, 1, 2, 2, 4 and 4 rows.
  EXPECT_EQ(with(header(8, 8, 8, 0, true), 64 + 15), "no error");
  // Of one pixel there is only the first pass.
  EXPECT_EQ(with(header(1, 1, 8, 0, true), 2), "no error");
  for (const std::size_t wrong : {0U, 19U, 21U}) {
    EXPECT_EQ(with(header(3, 2, 8, 2), wrong), "bad_data: a.png: the PNG is damaged: its pixels are not complete.");
  }
}

TEST(PngPixelData, MayLieInSeveralChunks) {
  const std::string stream = compressed(std::string(20, '\0'));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    EXPECT_EQ(
        refusal(png(header(3, 2, 8, 2) + chunk("IDAT", stream.substr(0, cut)) + chunk("IDAT", stream.substr(cut)))),
        "no error");
  }
}

// Twelve kilobytes that say of themselves to be 64 megapixels of zeros.
TEST(PngPixelData, OfABombIsNotUnpacked) {
  const std::string stream = compressed(std::string(std::size_t{12} << 20, '\0'));
  EXPECT_EQ(refusal(png(header(16384, 4096, 16, 6) + chunk("IDAT", stream))),
            "bad_data: a.png: the PNG is damaged: its pixels are not complete.");
}

}  // namespace
}  // namespace sfumato

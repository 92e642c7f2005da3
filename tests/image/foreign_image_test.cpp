#include "image/foreign_image.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

using namespace std::string_literals;

std::string said(const std::string& bytes) {
  return describe_unsupported_format({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(ForeignPicture, IsNamedForWhatItIs) {
  for (const auto& [bytes, name] : {
           std::pair("GIF89a\1\0\1\0"s, "a GIF picture"),
           std::pair("RIFF\x24\0\0\0WEBPVP8 "s, "a WebP picture"),
           std::pair("\0\0\0\x20"s + "ftypavif\0\0\0\0"s, "an AVIF picture"),
           std::pair("\0\0\0\x18"s + "ftypheic\0\0\0\0"s, "a HEIC picture"),
           std::pair("\0\0\0\x18"s + "ftypmif1\0\0\0\0"s, "a HEIC or AVIF picture"),
           std::pair("\0\0\0\x18"s + "ftypisom\0\0\0\0"s, "a film"),
           std::pair("BM\x36\0\0\0"s, "a BMP picture"),
           std::pair("II*\0\x08\0\0\0"s, "a TIFF picture or a camera's raw file"),
           std::pair("MM\0*\0\0\0\x08"s, "a TIFF picture or a camera's raw file"),
           std::pair("\0\0\0\x0cJXL \r\n\x87\n"s, "a JPEG XL picture"),
           std::pair("\xff\x0a\0"s, "a JPEG XL picture"),
           std::pair("\0\0\0\x0cjP  \r\n\x87\n"s, "a JPEG 2000 picture"),
           std::pair("\xff\x4f\xff\x51\0"s, "a JPEG 2000 picture"),
           std::pair("8BPS\0\1"s, "a Photoshop picture"),
           std::pair("gimp xcf v011"s, "a GIMP picture"),
           std::pair("%PDF-1.7\n"s, "a PDF"),
           std::pair("\0\0\1\0\1\0"s, "an icon (ICO)"),
           std::pair("P6\n2 2\n255\n"s, "a portable anymap (PNM)"),
           std::pair("\x89PNG\n\x1a\n"s, "a PNG whose line ends were converted as if it were text"),
       }) {
    EXPECT_EQ(said(bytes), name + ", which is not read. Convert it to PNG or JPEG."s);
  }
}

TEST(ForeignPicture, OfLettersIsToldApart) {
  EXPECT_EQ(said("<?xml version=\"1.0\"?>\n<!-- a --><SVG width=\"1\">"),
            "an SVG drawing, which is not read. Render it to PNG first.");
  EXPECT_EQ(said("\n<!DOCTYPE HTML>\n<title>404"), "a web page, not a picture. Download the picture itself.");
  EXPECT_EQ(said("version https://git-lfs.github.com/spec/v1\n"),
            "a Git LFS pointer, not the picture itself. Fetch it with git lfs pull.");
  for (const std::string& text : {"a caf\xc3\xa9\n"s, std::string(1023, 'a') + "\xc3\xa9"}) {
    EXPECT_EQ(said(text), "text, not a picture. Give a PNG or a JPEG.");
  }
}

TEST(ForeignPicture, MayBeNothingThatIsKnown) {
  EXPECT_EQ(said(""), "the file is empty. Give a PNG or a JPEG.");
  EXPECT_EQ(said("\1\2\3"s), "a picture of an unknown format, or not a picture. Give a PNG or a JPEG.");
  EXPECT_EQ(said("\x89PN"), "a picture of an unknown format, or not a picture. Give a PNG or a JPEG.");
}

}  // namespace
}  // namespace sfumato

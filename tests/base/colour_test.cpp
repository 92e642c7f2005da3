#include "base/colour.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Colour, IsReadInEveryFormThatPeopleWrite) {
  for (const char* const text : {"#ff8800", "ff8800", "FF8800", "#f80", "f80"}) {
    EXPECT_EQ(parse_colour(text), 0xff8800U) << text;
  }
  EXPECT_EQ(parse_colour("White"), 0xffffffU);
  EXPECT_EQ(parse_colour("navy"), 0x000080U);
  EXPECT_EQ(parse_colour("fade"), std::nullopt) << "four digits";
  for (const char* const text : {"", "#", "ff88", "#ff88001", "-f8800", "0xf80f", "whitish", "#gggggg", "ff 800"}) {
    EXPECT_EQ(parse_colour(text), std::nullopt) << text;
  }
}

TEST(Colour, IsWrittenInOneForm) {
  EXPECT_EQ(colour_text(0xff8800), "#ff8800");
  EXPECT_EQ(colour_text(0x00000a), "#00000a");
}

}  // namespace
}  // namespace sfumato

#include "base/printable.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable("a cat, \u00e9 \u0441 \U0001F600 \"\\"), "a cat, \u00e9 \u0441 \U0001F600 \"\\");
}

TEST(Printable, EscapesWhatMovesACursor) {
  EXPECT_EQ(printable("\x1b]0;owned\x07"), R"(\x1b]0;owned\x07)");
  EXPECT_EQ(printable("a\nb\rc\td\x7f"), R"(a\nb\x0dc\x09d\x7f)");
  EXPECT_EQ(printable(std::string_view("\0", 1)), R"(\x00)");
  EXPECT_EQ(printable("\u0080\u009b\u009f\u00a0"), "\\x80\\x9b\\x9f\u00a0");
}

TEST(Printable, EscapesWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(printable("\u202a\u202e\u2066\u2069"), R"(\u202a\u202e\u2066\u2069)");
  EXPECT_EQ(printable("\u200e\u200f\u061c"), R"(\u200e\u200f\u061c)");
  EXPECT_EQ(printable("\u2028\u2029"), R"(\u2028\u2029)");
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("a\xff\xc3(\xed\xa0\x80"), R"(a\xff\xc3(\xed\xa0\x80)");
}

TEST(Printable, EndsLongTextInDotsAndNeverInsideACharacter) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef...");
  EXPECT_EQ(printable("abc\u00e9\u00e9", 6), "abc\u00e9...");
  EXPECT_EQ(printable("abcd\x1b", 6), "abcd...");
}

}  // namespace
}  // namespace sfumato

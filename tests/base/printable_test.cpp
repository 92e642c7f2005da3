#include "base/printable.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Utf8, TakesEveryLengthUpToItsLastCodePoint) {
  EXPECT_EQ(invalid_utf8_at(""), std::nullopt);
  EXPECT_EQ(invalid_utf8_at("a\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"), std::nullopt);
}

TEST(Utf8, NamesTheFirstByteThatIsWrong) {
  EXPECT_EQ(invalid_utf8_at("ab\xff"), 2U);
  EXPECT_EQ(invalid_utf8_at("\x80"), 0U);              // a continuation without a beginning
  EXPECT_EQ(invalid_utf8_at("a\xc3"), 1U);             // cut
  EXPECT_EQ(invalid_utf8_at("a\xe2\x82"), 1U);         // cut
  EXPECT_EQ(invalid_utf8_at("a\xc3("), 1U);            // no continuation
  EXPECT_EQ(invalid_utf8_at("\xc0\xaf"), 0U);          // '/' in two bytes
  EXPECT_EQ(invalid_utf8_at("\xe0\x80\xaf"), 0U);      // in three
  EXPECT_EQ(invalid_utf8_at("\xf0\x80\x80\xaf"), 0U);  // in four
  EXPECT_EQ(invalid_utf8_at("\xed\xa0\x80"), 0U);      // surrogate U+D800
  EXPECT_EQ(invalid_utf8_at("\xf4\x90\x80\x80"), 0U);  // U+110000
  EXPECT_EQ(invalid_utf8_at("\xf5\x80\x80\x80"), 0U);
}

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

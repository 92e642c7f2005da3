#include "base/utf8.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

std::u32string decoded(std::string_view text) {
  std::u32string codes;
  while (!text.empty()) {
    const CodePoint next = next_code_point(text);
    codes += next.value;
    text.remove_prefix(next.bytes);
  }
  return codes;
}

TEST(Utf8, ReadsAndWritesEveryCodePoint) {
  for (char32_t code = 0; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000) continue;
    std::string text;
    append_utf8(text, code);
    const CodePoint read = next_code_point(text);
    ASSERT_EQ(read.value, code);
    ASSERT_EQ(read.bytes, text.size());
    ASSERT_TRUE(read.valid);
  }
}

// Unicode 15, section 3.9, tables 3-9, 3-10 and 3-11.
TEST(Utf8, ReplacesEachLongestPartOfABrokenSequence) {
  EXPECT_EQ(decoded("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), U"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA");
  EXPECT_EQ(decoded("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), U"\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdA");
  EXPECT_EQ(decoded("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), U"\ufffd\ufffd\ufffd\ufffd\ufffdA\ufffd\ufffdB");
  EXPECT_EQ(decoded("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), U"\ufffd\ufffd\ufffd\ufffdA");
}

TEST(Utf8, TellsAReplacementFromOneInTheText) {
  EXPECT_TRUE(next_code_point("\ufffd").valid);
  EXPECT_FALSE(next_code_point("\xF1\x80\x80").valid);
}

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

}  // namespace
}  // namespace sfumato

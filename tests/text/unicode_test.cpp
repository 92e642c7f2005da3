#include "text/unicode.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Unicode, LowersEachCodePointForItself) {
  EXPECT_EQ(lower_case(U"STRASSE Straße ÀÉ"), U"strasse straße àé");
  EXPECT_EQ(lower_case(U"ΣΣ"), U"σσ");
  EXPECT_EQ(lower_case(U"İ"), U"i\u0307");
  EXPECT_EQ(lower_case(U"\u0100\u0101\u0102\u2126\U00010400"), U"\u0101\u0101\u0103\u03c9\U00010428");
  EXPECT_EQ(lower_case(U"中 1 \U0001F600"), U"中 1 \U0001F600");
}

TEST(Unicode, ComposesLettersAndMarks) {
  EXPECT_EQ(nfc(U"e\u0301"), U"é");
  EXPECT_EQ(nfc(U"a\u0323\u0307"), U"\u1ea1\u0307");
  EXPECT_EQ(nfc(U"a\u0307\u0323"), U"\u1ea1\u0307");  // by class, whatever the order
  EXPECT_EQ(nfc(U"\u212b\u2126"), U"\u00c5\u03a9");   // singletons
  EXPECT_EQ(nfc(U"\u0958"), U"\u0915\u093c");         // never composed
  EXPECT_EQ(nfc(U"\u1112\u1161\u11ab"), U"\ud55c");
  EXPECT_EQ(nfc(U"\ud558\u11ab"), U"\ud55c");
  EXPECT_EQ(nfc(U"\u0301"), U"\u0301");
  EXPECT_EQ(nfc(U""), U"");
}

TEST(Unicode, TellsLettersNumbersAndWhiteSpace) {
  EXPECT_TRUE(is_letter(U'a') && is_letter(U'ß') && is_letter(U'中') && is_letter(U'ª'));
  EXPECT_FALSE(is_letter(U'1') || is_letter(U'\u0301') || is_letter(U'_') || is_letter(U'\U0001F600'));
  EXPECT_TRUE(is_number(U'7') && is_number(U'½') && is_number(U'Ⅷ') && is_number(U'٣'));
  EXPECT_FALSE(is_number(U'百') || is_number(U'a'));
  EXPECT_TRUE(is_space(U' ') && is_space(U'\n') && is_space(U'\u0085') && is_space(U'\u3000'));
  EXPECT_FALSE(is_space(U'\u200b') || is_space(U'\u001c') || is_space(U'\u180e') || is_space(0));
}

}  // namespace
}  // namespace sfumato

#include "base/numbers.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

TEST(Numbers, TakeWholeNumbersInTheirRange) {
  EXPECT_EQ(parse_integer("--steps", "1", 1, 1000), 1);
  EXPECT_EQ(parse_integer("--steps", "1000", 1, 1000), 1000);
  EXPECT_EQ(parse_integer("--steps", "007", 1, 1000), 7);
}

TEST(Numbers, NameTheFlagTheValueAndTheRange) {
  for (const std::string text :
       {"0", "1001", "-1", "abc", "", " 5", "5 ", "5x", "+5", "1.0", "1e2", "0x10", "99999999999999999999"}) {
    EXPECT_EQ(error_of([&] { (void)parse_integer("--steps", text, 1, 1000); }),
              "usage: --steps: \"" + text + "\": a whole number from 1 to 1000 is expected.");
  }
}

TEST(Numbers, TakeEverySeedOf64Bits) {
  EXPECT_EQ(parse_seed("--seed", "0"), 0U);
  EXPECT_EQ(parse_seed("--seed", "18446744073709551615"), 18446744073709551615U);
}

TEST(Numbers, RefuseASeedThatNeedsMoreBits) {
  for (const std::string text : {"18446744073709551616", "-2", "1.5", "1e3", "", "seven", "Random"}) {
    EXPECT_EQ(
        error_of([&] { (void)parse_seed("--seed", text); }),
        "usage: --seed: \"" + text + "\": a whole number from 0 to 18446744073709551615, or random, is expected.");
  }
}

TEST(Numbers, TakeRealNumbersInTheirRange) {
  EXPECT_EQ(parse_real("--eta", "0", 0, 1), 0);
  EXPECT_EQ(parse_real("--eta", "0.5", 0, 1), 0.5);
  EXPECT_EQ(parse_real("--eta", ".5", 0, 1), 0.5);
  EXPECT_EQ(parse_real("--eta", "5e-1", 0, 1), 0.5);
  EXPECT_EQ(parse_real("--eta", "1", 0, 1), 1);
}

TEST(Numbers, RefuseWhatIsNoRealNumberInTheRange) {
  for (const std::string text : {"1.1", "-0.1", "nan", "NaN", "inf", "-inf", "0,5", "", " 1", "1e999", "half"}) {
    EXPECT_EQ(error_of([&] { (void)parse_real("--eta", text, 0, 1); }),
              "usage: --eta: \"" + text + "\": a number from 0 to 1 is expected.");
  }
}

TEST(Numbers, ShowNoControlCharacter) {
  EXPECT_EQ(error_of([] { (void)parse_integer("--steps", "\x1b[2J", 1, 9); }),
            "usage: --steps: \"\\x1b[2J\": a whole number from 1 to 9 is expected.");
}

}  // namespace
}  // namespace sfumato

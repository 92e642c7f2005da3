#include "base/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace sfumato {
namespace {

const std::vector<std::string> kFlags = {"--steps",     "--seed",  "--sampling-method",
                                         "--scheduler", "--width", "--no-metadata"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("--step", kFlags), "--steps");
  EXPECT_EQ(nearest("--sede", kFlags), "--seed");
  EXPECT_EQ(nearest("--widht", kFlags), "--width");
  EXPECT_EQ(nearest("--sampeling-methode", kFlags), "--sampling-method");
  EXPECT_EQ(nearest("--metadata", kFlags), "--no-metadata");
}

TEST(Nearest, CompletesABeginning) { EXPECT_EQ(nearest("--samp", kFlags), "--sampling-method"); }

// With edit distances this would take minutes.
TEST(Nearest, TakesALongWordForNoName) {
  const std::string word(10'000'000, 'x');
  for (int line = 0; line < 1000; ++line) EXPECT_EQ(nearest(word, kFlags), "");
  EXPECT_EQ(nearest(std::string(101, 'x'), std::vector{std::string(102, 'x')}), "");
  EXPECT_EQ(nearest(std::string(100, 'x'), std::vector{std::string(102, 'x')}), std::string(102, 'x'));
}

TEST(Nearest, FindsNothingInAnotherWord) {
  EXPECT_EQ(nearest("--lora", kFlags), "");
  EXPECT_EQ(nearest("--a-word-that-nobody-has-thought-of", kFlags), "");
  EXPECT_EQ(nearest("--steps", {}), "");
}

}  // namespace
}  // namespace sfumato

#include "base/shell.h"

#include <gtest/gtest.h>

#include <array>

namespace sfumato {
namespace {

TEST(Shell, QuotesOnlyWhatNeedsIt) {
  const std::array<std::string, 6> words = {"sfumato", "a cat", "it's", "", "--seed=1..4", "{a|b}"};
  EXPECT_EQ(shell_command(words), R"(sfumato 'a cat' 'it'\''s' '' --seed=1..4 '{a|b}')");
}

TEST(Shell, SendsNoControlCharacterToATerminal) {
  const std::array<std::string, 2> words = {"a\x1b[2J'\\", "caf\xc3\xa9"};
  EXPECT_EQ(shell_command(words), "$'a\\x1b[2J\\'\\\\' 'caf\xc3\xa9'");
}

}  // namespace
}  // namespace sfumato

#include "jobs/flag_words.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(FlagWords, ShowOptionsAsFlags) {
  EXPECT_EQ(with_flags("`cfg_scale`: 200 is out of range."), "--cfg-scale: 200 is out of range.");
  EXPECT_EQ(with_flags("Leave `steps` or `sigmas` out."), "Leave --steps or --sigmas out.");
  EXPECT_EQ(with_flags("f:3: `seed`: -1"), "f:3: --seed: -1");
}

TEST(FlagWords, LeaveOtherTextAlone) {
  EXPECT_EQ(with_flags(""), "");
  EXPECT_EQ(with_flags("`sfumato inspect` shows it, `"), "`sfumato inspect` shows it, `");
  EXPECT_EQ(with_flags("`` `A` `1`"), "`` `A` `1`");
  EXPECT_EQ(with_flags("lost: \"a `cat` in `snow`\""), "lost: \"a `cat` in `snow`\"");
}

}  // namespace
}  // namespace sfumato

#include "base/progress_line.h"

#include <gtest/gtest.h>

#include <sstream>

namespace sfumato {
namespace {

TEST(ProgressLine, IsRedrawnOnATerminalAndRemovedAtTheEnd) {
  std::ostringstream err;
  {
    ProgressLine line(err, /*is_terminal=*/true);
    line.show("1 of 2", 0.5);
    line.show("2 of 2");
  }
  EXPECT_EQ(err.str(), "\r[###############...............] 1 of 2\x1b[K\r2 of 2\x1b[K\r\x1b[K");
}

TEST(ProgressLine, IsALineEveryFiveSecondsElsewhere) {
  std::ostringstream err;
  std::chrono::steady_clock::time_point now;
  {
    ProgressLine line(err, /*is_terminal=*/false, [&] { return now; });
    for (int second = 0; second <= 12; ++second) {
      line.show(std::to_string(second) + " s", 0.5);
      now += std::chrono::seconds(1);
    }
  }
  EXPECT_EQ(err.str(), "sfumato: 5 s\nsfumato: 10 s\n");
}

TEST(ProgressLine, ClearsOnlyWhatItHasDrawn) {
  std::ostringstream err;
  ProgressLine line(err, /*is_terminal=*/true);
  line.clear();
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace sfumato

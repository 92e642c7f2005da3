#include "base/progress_line.h"

#include <gtest/gtest.h>

#include "text_console.h"

namespace sfumato {
namespace {

TEST(ProgressLine, IsRedrawnOnATerminalAndRemovedAtTheEnd) {
  TextConsole err(/*is_terminal=*/true);
  {
    ProgressLine line(err);
    line.show("1 of 2", 0.5);
    line.show("2 of 2");
  }
  EXPECT_EQ(err.str(), "\r[###############...............] 1 of 2\x1b[K\r2 of 2\x1b[K\r\x1b[K");
}

TEST(ProgressLine, IsALineEveryFiveSecondsElsewhere) {
  TextConsole err;
  std::chrono::steady_clock::time_point now;
  {
    ProgressLine line(err, [&] { return now; });
    for (int second = 0; second <= 12; ++second) {
      line.show(std::to_string(second) + " s", 0.5);
      now += std::chrono::seconds(1);
    }
  }
  EXPECT_EQ(err.str(), "sfumato: 5 s\nsfumato: 10 s\n");
}

TEST(ProgressLine, ClearsOnlyWhatItHasDrawn) {
  TextConsole err(/*is_terminal=*/true);
  ProgressLine line(err);
  line.clear();
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace sfumato

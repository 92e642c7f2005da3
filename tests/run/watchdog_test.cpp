#include "run/watchdog.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

using Seconds = Watchdog::Seconds;

TEST(Watchdog, WaitsLongerThanTheTimeOfAPicture) {
  EXPECT_EQ(Watchdog::patience_for(2), Seconds(9));
  EXPECT_FALSE(Watchdog::patience_for(std::nullopt).has_value());
}

TEST(WatchdogDeathTest, EndsAProcessThatHangsSoThatTheSameCommandGoesOn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Watchdog watchdog(Seconds(0.1));
        watchdog.beat();
        std::this_thread::sleep_for(Seconds(10));
      },
      ::testing::ExitedWithCode(75), "a picture has not moved for 0 s");
}

TEST(Watchdog, RestsWhileNoPictureIsInFlight) {
  Watchdog watchdog(Seconds(0.1));
  watchdog.beat();
  watchdog.rest();
  std::this_thread::sleep_for(Seconds(0.7));  // it looks five times a second; if it ran, this process would be gone
}

}  // namespace
}  // namespace sfumato

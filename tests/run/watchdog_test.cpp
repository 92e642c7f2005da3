#include "run/watchdog.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/crash.h"
#include "base/file_descriptor.h"
#include "test_folder.h"

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

TEST(WatchdogDeathTest, WritesTheHangIntoTheJournal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "sfumato-hang.jsonl";
  EXPECT_EXIT(
      {
        const FileDescriptor journal(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
        set_crash_journal(journal.get());
        set_crash_phase("sample");
        Watchdog watchdog(Seconds(0.1));
        watchdog.beat();
        std::this_thread::sleep_for(Seconds(10));
      },
      ::testing::ExitedWithCode(75), "gives up");
  EXPECT_EQ(read_file(path), R"({"event":"crashed","cause":"hang","phase":"sample"})"
                             "\n");
}

TEST(Watchdog, RestsWhileNoPictureIsInFlight) {
  Watchdog watchdog(Seconds(0.1));
  watchdog.beat();
  watchdog.rest();
  std::this_thread::sleep_for(Seconds(0.7));  // it looks five times a second; if it ran, this process would be gone
}

}  // namespace
}  // namespace sfumato

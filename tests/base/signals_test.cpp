#include "base/signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "test_folder.h"

namespace sfumato {
namespace {

// Each test ends a process of its own.
using SignalsDeathTest = ::testing::Test;

TEST_F(SignalsDeathTest, EndsAtOnceWhileNoPictureIsMade) {
  EXPECT_EXIT(
      {
        leave_on_signals();
        std::raise(SIGTERM);
      },
      ::testing::ExitedWithCode(143), "sfumato: error: stopped by SIGTERM");
  EXPECT_EXIT(
      {
        leave_on_signals();
        watch_signals();
        std::raise(SIGINT);
        _exit(received_signal() == SIGINT ? 7 : 8);
      },
      ::testing::ExitedWithCode(7), "");
  EXPECT_EXIT(
      {
        leave_on_signals();
        watch_signals();
        leave_on_signals_again();
        std::raise(SIGINT);
      },
      ::testing::ExitedWithCode(130), "stopped by Ctrl-C");
}

TEST_F(SignalsDeathTest, RemovesFilesThatAreHalfMade) {
  const std::filesystem::path folder = test_folder();
  for (const char* name : {"half", "kept", "moved"}) write_file(folder / name, "");
  EXPECT_EXIT(
      {
        leave_on_signals();
        const RemovedWhenLeaving half(AT_FDCWD, (folder / "half").string());
        RemovedWhenLeaving kept(AT_FDCWD, (folder / "kept").string());
        kept.keep();
        RemovedWhenLeaving moved;
        moved = RemovedWhenLeaving(AT_FDCWD, (folder / "moved").string());
        std::raise(SIGINT);
      },
      ::testing::ExitedWithCode(130), "stopped by Ctrl-C");
  EXPECT_FALSE(std::filesystem::exists(folder / "half"));
  EXPECT_TRUE(std::filesystem::exists(folder / "kept"));
  EXPECT_FALSE(std::filesystem::exists(folder / "moved"));
}

}  // namespace
}  // namespace sfumato

#include "base/process.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Process, IsGoneIfItsIdBelongsToALaterOne) {
  ProcessName process = this_process();
  ASSERT_GT(process.start, 0U);
  EXPECT_FALSE(is_gone(process));
  process.start -= 1;
  EXPECT_TRUE(is_gone(process));
  process.start = 0;
  EXPECT_FALSE(is_gone(process)) << "the start is not known";
}

TEST(Process, OfAnotherHostIsNeverGone) {
  EXPECT_FALSE(is_gone({.host = "elsewhere-" + this_process().host, .id = 999999999, .start = 1}));
}

}  // namespace
}  // namespace sfumato

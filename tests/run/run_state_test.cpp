#include "run/run_state.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(RunState, CountsWhatIsLeft) {
  RunState state(std::nullopt);
  EXPECT_FALSE(state.counts().left().has_value());
  state.counts().jobs = 5;
  state.finished({}, /*existing=*/true);
  state.finished({}, /*existing=*/false);
  state.failed({}, ErrorKind::bad_data);
  state.failed_line();
  EXPECT_EQ(state.counts().left(), 1U);
  state.set_aside({});
  EXPECT_EQ(state.counts().left(), 0U);
  EXPECT_EQ(state.counts().summary(), "1 made, 1 already there, 2 failed, 1 set aside");
  state.finished({}, /*existing=*/false);
  EXPECT_EQ(state.counts().left(), 0U) << "a stream may give more than was counted";
}

TEST(RunState, RemembersWhyTheLastPictureFailed) {
  RunState state(std::nullopt);
  EXPECT_FALSE(state.last_failure().has_value());
  state.failed({}, ErrorKind::bad_data);
  state.failed({}, ErrorKind::stopped_early);
  state.failed_line();
  EXPECT_EQ(state.last_failure(), ErrorKind::stopped_early);
}

}  // namespace
}  // namespace sfumato

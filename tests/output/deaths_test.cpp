#include "output/deaths.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Deaths, SetAJobAsideByTheirCauseOrTheirNumber) {
  EXPECT_FALSE(Deaths{}.sets_aside());
  EXPECT_FALSE((Deaths{.caused = 1, .in_phase = {4, 4, 4}}).sets_aside());
  EXPECT_TRUE((Deaths{.caused = 2, .in_phase = {1, 1, 0}}).sets_aside());
  EXPECT_TRUE((Deaths{.caused = 0, .in_phase = {0, 0, 5}}).sets_aside());
  EXPECT_EQ((Deaths{.in_phase = {1, 2, 3}}).count(), 6);
}

TEST(Deaths, SayWhy) {
  EXPECT_EQ((Deaths{.caused = 2, .in_phase = {0, 2, 0}, .cause = "SIGSEGV", .phase = JobPhase::sample}).reason(),
            "the program crashed twice while it was at this picture (SIGSEGV, last in phase \"sample\").");
  EXPECT_EQ((Deaths{.caused = 3, .in_phase = {0, 3, 0}, .cause = "memory", .phase = JobPhase::decode}).reason(),
            "the program crashed 3 times while it was at this picture (memory ran out, last in phase \"decode\").");
  EXPECT_EQ((Deaths{.in_phase = {5, 1, 0}}).reason(),
            "the program was killed 5 times while this picture was in phase \"begin\", by whom is not known.");
}

}  // namespace
}  // namespace sfumato

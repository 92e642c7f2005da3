#include "image/compare.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(Difference, IsTheLargestAndTheMeanOfAllValues) {
  const Image a{.width = 2, .height = 1, .rgb = {0, 10, 255, 7, 7, 7}};
  const Image b{.width = 2, .height = 1, .rgb = {3, 4, 255, 7, 7, 7}};
  EXPECT_EQ(difference(a, b).largest, 6);
  EXPECT_DOUBLE_EQ(difference(a, b).mean, 1.5);
  EXPECT_EQ(difference(b, a).largest, 6);
  EXPECT_EQ(difference(a, a).largest, 0);
  EXPECT_EQ(difference(a, a).mean, 0);
}

}  // namespace
}  // namespace sfumato

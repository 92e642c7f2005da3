#include "base/hash_index.h"

#include <gtest/gtest.h>

namespace sfumato {
namespace {

TEST(HashIndex, KeepsANumberForEachHash) {
  HashIndex index;
  constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;  // spreads 1, 2, 3... over all 64 bits
  for (std::uint64_t i = 1; i <= 10'000; ++i) EXPECT_EQ(index[i * golden]++, 0U);
  for (std::uint64_t i = 1; i <= 10'000; ++i) index[i * golden] += i;
  for (std::uint64_t i = 1; i <= 10'000; ++i) EXPECT_EQ(index[i * golden], i + 1);
  EXPECT_EQ(index.size(), 10'000U);
}

TEST(HashIndex, TakesTheHashZero) {
  HashIndex index;
  index[0] = 7;
  EXPECT_EQ(index[0], 7U);
}

TEST(HashIndex, TellsHashesApartThatShareAPlace) {
  HashIndex index;
  index[64] = 1;
  index[128] = 2;
  index[192] = 3;
  EXPECT_EQ(index[64], 1U);
  EXPECT_EQ(index[128], 2U);
  EXPECT_EQ(index[192], 3U);
}

}  // namespace
}  // namespace sfumato

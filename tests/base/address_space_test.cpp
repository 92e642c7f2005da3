#include "base/address_space.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>

#include "error_of.h"

namespace sfumato {
namespace {

TEST(AddressSpace, LeavesWhatIsNotUsed) {
  EXPECT_EQ((AddressSpace{.limit = 5, .used = 2}.left()), 3U);
  EXPECT_EQ((AddressSpace{.limit = 5, .used = 7}.left()), 0U) << "the limit was lowered later";
}

// In a process of its own: a limit that is lowered cannot be raised again.
TEST(AddressSpaceDeathTest, SaysWhatIsNeededAndWhatIsLeft) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer needs terabytes of address space";
#endif
  const auto check = [] {
    const rlimit limit{.rlim_cur = 2'000'000'000, .rlim_max = 2'000'000'000};
    setrlimit(RLIMIT_AS, &limit);
    check_address_space("x", 1000);
    std::cerr << error_of([] { check_address_space("x", 2'000'000'000); });
    std::_Exit(0);
  };
  EXPECT_EXIT(
      check(), ::testing::ExitedWithCode(0),
      "stopped_early: x: needs 2.00 GB of address space, [01].[0-9]+ GB of the limit of 2.00 GB are left. Raise it: "
      "ulimit -v unlimited.");
}

TEST(AddressSpace, WithoutALimitHasNoEnd) {
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  if (limit.rlim_cur != RLIM_INFINITY) GTEST_SKIP() << "these tests have a limit";
  EXPECT_FALSE(address_space().has_value());
  EXPECT_EQ(error_of([] { check_address_space("x", UINT64_MAX); }), "no error");
}

}  // namespace
}  // namespace sfumato

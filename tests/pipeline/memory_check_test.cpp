#include "pipeline/memory_check.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

TEST(MemoryCheck, RefusesWhatMemoryDoesNotHold) {
  const GenerateOptions options{.width = 4096, .height = 2048};
  EXPECT_NO_THROW(check_memory(options, 3e9, 3'000'000'000));
  EXPECT_EQ(
      error_of([&] { check_memory(options, 3.2e9, 3'000'000'000); }),
      "usage: `width`, `height`: a picture of 4096x2048 needs about 4 GB of memory, 3 GB are free. Take a smaller "
      "picture.");
}

}  // namespace
}  // namespace sfumato

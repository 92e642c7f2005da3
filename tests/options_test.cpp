#include "sfumato/options.h"

#include <gtest/gtest.h>

#include <limits>

#include "error_of.h"

namespace sfumato {
namespace {

template <typename Enum>
void expect_names_to_read_back() {
  for (const Named<Enum>& entry : names<Enum>()) {
    EXPECT_EQ(value_of<Enum>(entry.name), entry.value);
    EXPECT_EQ(name_of(entry.value), entry.name);
  }
  EXPECT_EQ(value_of<Enum>(""), std::nullopt);
  EXPECT_EQ(value_of<Enum>("nosuch"), std::nullopt);
}

TEST(Options, HaveNamesThatReadBack) {
  expect_names_to_read_back<SamplingMethod>();
  expect_names_to_read_back<Scheduler>();
  expect_names_to_read_back<Weighting>();
  expect_names_to_read_back<Dtype>();
}

// A C++ caller need not come by way of the command line.
TEST(Options, AreCheckedWhereverTheyComeFrom) {
  const auto error_with = [](auto change) {
    GenerateOptions options;
    change(options);
    return error_of([&] { check(options, 8); });
  };
  EXPECT_EQ(error_with([](GenerateOptions&) {}), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.prompt = "(a:101)", o.weighting = Weighting::none; }), "no error");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.width = 0; }),
            "64: --width: 0 is out of range; a multiple of 8 from 8 to 4096 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.height = -8; }),
            "64: --height: -8 is out of range; a multiple of 8 from 8 to 4096 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.width = 4104; }),
            "64: --width: 4104 is out of range; a multiple of 8 from 8 to 4096 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.steps = 0; }),
            "64: --steps: 0 is out of range; a whole number from 1 to 1000 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.cfg_scale = -1; }),
            "64: --cfg-scale: -1 is out of range; a number from 0 to 100 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.cfg_scale = std::numeric_limits<double>::quiet_NaN(); }),
            "64: --cfg-scale: nan is out of range; a number from 0 to 100 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.eta = 1.5; }),
            "64: --eta: 1.5 is out of range; a number from 0 to 1 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.clip_skip = 0; }),
            "64: --clip-skip: 0 is out of range; a whole number from 1 to 12 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.clip_skip = 13; }),
            "64: --clip-skip: 13 is out of range; a whole number from 1 to 12 is wanted.");
  EXPECT_EQ(error_with([](GenerateOptions& o) { o.negative_prompt = "(a:101)"; }).substr(0, 40),
            "64: --negative-prompt: \"a\" weighs 101 wi");
}

}  // namespace
}  // namespace sfumato

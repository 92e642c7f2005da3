#include "jobs/value_list.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace sfumato {
namespace {

std::string values(const char* option, const std::vector<std::string>& texts) {
  const ValueList list(*find_job_option(option), texts);
  std::string result;
  for (std::uint64_t i = 0; i < list.size(); ++i) result += (i == 0 ? "" : " ") + list.at(i);
  return result;
}

std::string error(const char* option, const std::string& text) {
  return error_of([&] { (void)values(option, {text}); });
}

TEST(ValueList, HasTheValuesBetweenCommas) {
  EXPECT_EQ(values("seed", {"7"}), "7");
  EXPECT_EQ(values("seed", {"1,7, 5 "}), "1 7 5");
  EXPECT_EQ(values("sampling_method", {"ddim,Euler a,DPM++ 2M Karras"}), "ddim Euler a DPM++ 2M Karras");
  EXPECT_EQ(values("size", {"64x64,96x64"}), "64x64 96x64");
  EXPECT_EQ(values("seed", {"1", "3..4"}), "1 3 4");
}

TEST(ValueList, CountsRangesOfWholeNumbers) {
  EXPECT_EQ(values("seed", {"1..4"}), "1 2 3 4");
  EXPECT_EQ(values("seed", {"1,7,100..130:10,5..5"}), "1 7 100 110 120 130 5");
  EXPECT_EQ(values("steps", {"10..25:10"}), "10 20");
  EXPECT_EQ(values("seed", {"18446744073709551614..18446744073709551615"}),
            "18446744073709551614 18446744073709551615");
}

TEST(ValueList, CountsRangesOfRealNumbersInDecimals) {
  EXPECT_EQ(values("cfg_scale", {"5..7:0.5"}), "5 5.5 6 6.5 7");
  EXPECT_EQ(values("cfg_scale", {"0.1..0.4:0.1"}), "0.1 0.2 0.3 0.4");
  EXPECT_EQ(values("cfg_scale", {"0..1:0.3"}), "0 0.3 0.6 0.9");
  EXPECT_EQ(values("cfg_scale", {"1.5..3"}), "1.5 2.5");
}

TEST(ValueList, DoesNotWriteRangesOut) {
  const ValueList list(*find_job_option("seed"), {"0..999999998,5"});
  EXPECT_EQ(list.size(), 1'000'000'000U);
  EXPECT_EQ(list.at(123'456'789), "123456789");
  EXPECT_EQ(list.at(999'999'999), "5");
}

TEST(ValueList, TellsWhatIsTooMany) {
  const std::string message = "usage: `seed`: more than 1000000000 pictures. Make the lists shorter.";
  EXPECT_EQ(error("seed", "0..18446744073709551615"), message);
  EXPECT_EQ(error("seed", "0..999999999,1"), message);
}

TEST(ValueList, KnowsRandomSeeds) {
  EXPECT_EQ(values("seed", {"random,-1,3"}), "random -1 3");
  EXPECT_TRUE(ValueList(*find_job_option("seed"), {"3,random"}).any_random());
  EXPECT_FALSE(ValueList(*find_job_option("seed"), {"3"}).any_random());
  EXPECT_EQ(error("steps", "random"), "usage: `steps`: \"random\": a whole number from 1 to 1000 is expected.");
}

TEST(ValueList, LeavesTheCommasOfPromptsAlone) {
  EXPECT_EQ(values("negative_prompt", {"dark, blurry, 1..4"}), "dark, blurry, 1..4");
}

TEST(ValueList, RefusesWhatIsNoList) {
  EXPECT_EQ(error("steps", "1..2000"), "usage: `steps`: \"2000\": a whole number from 1 to 1000 is expected.");
  EXPECT_EQ(error("seed", "4..1"), "usage: `seed`: \"4..1\": an ascending range is expected.");
  EXPECT_EQ(error("seed", "1..4:0"), "usage: `seed`: \"1..4:0\": a step above 0 is expected.");
  EXPECT_EQ(error("cfg_scale", "1..nan"),
            "usage: `cfg_scale`: \"1..nan\": a range such as 5..9 or 5..9:0.5 is expected.");
  for (const char* const text :
       {"..", "1..", "..4", "1...4", "1..2..3", "1..4:", "-1..4", "1.5..4", "1e3..2e3", "0x1..4"})
    EXPECT_EQ(error("seed", text),
              "usage: `seed`: \"" + std::string(text) + "\": a range such as 1..64 or 100..200:10 is expected.");
}

}  // namespace
}  // namespace sfumato

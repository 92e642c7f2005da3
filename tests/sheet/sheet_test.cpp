#include "sheet/sheet.h"

#include <gtest/gtest.h>

#include <fstream>

#include "error_of.h"
#include "image/canvas.h"
#include "image/input_file.h"
#include "image/png.h"
#include "image/read_png.h"
#include "output/publish.h"
#include "sheet/sheet_layout.h"

namespace sfumato {
namespace {

class SheetTest : public testing::Test {
 protected:
  SheetTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }

  // A plain picture of 64 x 64 pixels, and the job that it is of.
  std::filesystem::path picture(const std::string& name, Colour colour) {
    const std::filesystem::path path = folder_ / name;
    publish(path, encode_png(blank(64, 64, colour), {}), true);
    return path;
  }
  static Job job(const std::string& prompt, int seed) {
    Job result;
    result.options = {.prompt = prompt, .width = 64, .height = 64, .seed = static_cast<std::uint64_t>(seed)};
    result.axes = {{"prompt", prompt}, {"seed", std::to_string(seed)}};
    return result;
  }
  // Centres of the plain areas of that colour, from the left and then from above.
  static std::vector<std::pair<int, int>> places_of(const Image& sheet, Colour colour) {
    std::vector<std::pair<int, int>> result;
    const auto is_there = [&](int x, int y) {
      if (x < 0 || y < 0 || x >= sheet.width || y >= sheet.height) return false;
      const auto at = static_cast<std::size_t>(3 * (y * sheet.width + x));
      return sheet.rgb[at] == colour.red && sheet.rgb[at + 1] == colour.green && sheet.rgb[at + 2] == colour.blue;
    };
    for (int x = 0; x < sheet.width; ++x) {
      for (int y = 0; y < sheet.height; ++y) {
        if (is_there(x, y) && !is_there(x - 1, y) && !is_there(x, y - 1)) result.emplace_back(x + 32, y + 32);
      }
    }
    return result;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::path target_ = folder_ / "sheet.png";
};

constexpr Colour kRed = {200, 10, 10}, kGreen = {10, 200, 10}, kBlue = {10, 10, 200};

TEST_F(SheetTest, PutsTheLastAxisAlongColumnsAndTheOneBeforeAlongRows) {
  ContactSheet sheet("tiny");
  sheet.add(job("a", 1), picture("1.png", kRed));
  sheet.add(job("a", 2), picture("2.png", kGreen));
  sheet.add(job("b", 1), picture("3.png", kBlue));
  sheet.add(job("b", 2), "");
  EXPECT_EQ(sheet.write(target_, false), std::vector{target_});
  const Image image = read_png(target_).image;
  const auto red = places_of(image, kRed), green = places_of(image, kGreen), blue = places_of(image, kBlue);
  ASSERT_EQ(red.size(), 1U);
  ASSERT_EQ(green.size(), 1U);
  ASSERT_EQ(blue.size(), 1U);
  EXPECT_GT(green[0].first, red[0].first + 64);
  EXPECT_EQ(green[0].second, red[0].second);
  EXPECT_EQ(blue[0].first, red[0].first);
  EXPECT_GT(blue[0].second, red[0].second + 64);
}

TEST_F(SheetTest, FollowsTheOrderOfJobsWhateverTheOrderTheyEndedIn) {
  ContactSheet sheet("tiny");
  Job first = job("a", 9), second = job("a", 1);
  first.index = 3;
  second.index = 4;
  sheet.add(second, picture("2.png", kGreen));
  sheet.add(first, picture("1.png", kRed));
  EXPECT_EQ(sheet.write(target_, false), std::vector{target_});
  const Image image = read_png(target_).image;
  const auto red = places_of(image, kRed), green = places_of(image, kGreen);
  ASSERT_EQ(red.size(), 1U);
  ASSERT_EQ(green.size(), 1U);
  EXPECT_LT(red[0].first, green[0].first);
}

TEST_F(SheetTest, ShowsWhatPicturesStartFromAtTheBeginningOfTheirRow) {
  ContactSheet sheet("tiny");
  for (const char* strength : {"0.3", "0.5"}) {
    for (const bool fox : {true, false}) {
      Job one = job("a", 1);
      const std::string path = picture(fox ? "fox.png" : "cat.png", fox ? kRed : kBlue).string();
      one.options.init.image = input_file(path);
      one.options.init.strength = std::stod(strength);
      one.axes = {{"strength", strength}, {"init_img", path}};
      sheet.add(one, picture(std::string(strength) + (fox ? "f.png" : "c.png"), kGreen));
    }
  }
  EXPECT_EQ(sheet.write(target_, false), std::vector{target_});
  const Image image = read_png(target_).image;
  const auto red = places_of(image, kRed), green = places_of(image, kGreen), blue = places_of(image, kBlue);
  ASSERT_EQ(red.size(), 1U);
  ASSERT_EQ(blue.size(), 1U);
  ASSERT_EQ(green.size(), 4U);
  EXPECT_EQ(red[0].first, blue[0].first);
  EXPECT_LT(red[0].first, green[0].first);
  EXPECT_EQ(red[0].second, green[0].second);
  EXPECT_EQ(blue[0].second, green[1].second);
}

TEST_F(SheetTest, ShowsTheOnePictureThatAllStartFromFirst) {
  ContactSheet sheet("tiny");
  const std::string path = picture("fox.png", kRed).string();
  for (const char* strength : {"0.3", "0.5"}) {
    Job one = job("a", 1);
    one.options.init.image = input_file(path);
    one.options.init.strength = std::stod(strength);
    one.axes = {{"strength", strength}};
    sheet.add(one, picture(std::string(strength) + ".png", kGreen));
  }
  (void)sheet.write(target_, false);
  const Image image = read_png(target_).image;
  const auto red = places_of(image, kRed), green = places_of(image, kGreen);
  ASSERT_EQ(red.size(), 1U);
  ASSERT_EQ(green.size(), 2U);
  EXPECT_LT(red[0].first, green[0].first);
  EXPECT_EQ(red[0].second, green[0].second);
}

TEST_F(SheetTest, LeavesTheCellOfAMissingOrDamagedPictureEmpty) {
  std::ofstream(folder_ / "damaged.png") << "\x89PNG";
  ContactSheet sheet("tiny");
  sheet.add(job("a", 1), folder_ / "absent.png");
  sheet.add(job("a", 2), folder_ / "damaged.png");
  sheet.add(job("a", 3), picture("1.png", kRed));
  EXPECT_EQ(sheet.write(target_, false).size(), 1U);
  EXPECT_EQ(places_of(read_png(target_).image, kRed).size(), 1U);
}

TEST_F(SheetTest, SaysOfItselfThatItIsOne) {
  ContactSheet sheet("tiny");
  sheet.add(job("a", 1), picture("1.png", kRed));
  EXPECT_EQ(sheet.write(target_, false).size(), 1U);
  const std::vector<PngText> texts = read_png_texts(target_).texts;
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].keyword, "sfumato-sheet");
  EXPECT_NE(texts[0].text.find(R"("page":1,"pages":1)"), std::string::npos) << texts[0].text;
}

TEST_F(SheetTest, ReplacesASheetButNothingElse) {
  ContactSheet sheet("tiny");
  sheet.add(job("a", 1), picture("1.png", kRed));
  EXPECT_EQ(sheet.write(target_, false).size(), 1U);
  EXPECT_EQ(sheet.write(target_, false).size(), 1U);
  const std::filesystem::path mine = folder_ / "1.png";
  const std::string refusal =
      "cannot_create: " + mine.string() + ": is there already. Give another `output`, or add `overwrite`.";
  EXPECT_EQ(error_of([&] { (void)sheet.write(mine, false); }), refusal);
  EXPECT_EQ(error_of([&] { check_sheet(mine, false); }), refusal);
  EXPECT_EQ(error_of([&] { check_sheet(mine, true); }), "no error");
  EXPECT_EQ(error_of([&] { check_sheet(target_, false); }), "no error");
  EXPECT_EQ(
      error_of([&] { check_sheet(folder_ / "sheet.jpg", false); }),
      "usage: `grid`: " + (folder_ / "sheet.jpg").string() + ": contact sheets are PNG files: end the name in .png.");
}

TEST_F(SheetTest, HasPagesWhenItIsLargeAndRemovesThoseThatAreNotNeededAnyMore) {
  ContactSheet large("tiny");
  const std::filesystem::path red = picture("1.png", kRed);
  for (int seed = 0; seed < 3000; ++seed) large.add(job("a", seed), seed == 2999 ? red : "");
  const auto pages = large.write(target_, false);
  ASSERT_GT(pages.size(), 1U);
  EXPECT_EQ(pages[1], folder_ / "sheet-2.png");
  EXPECT_EQ(places_of(read_png(pages.back()).image, kRed).size(), 1U);
  EXPECT_LE(read_png(pages.front()).image.width, kMaxSheetSide);
  const std::filesystem::path mine = folder_ / ("sheet-" + std::to_string(pages.size() + 1) + ".png");
  publish(mine, encode_png(blank(1, 1, kRed), {}), false);

  ContactSheet small("tiny");
  small.add(job("a", 1), red);
  EXPECT_EQ(small.write(target_, false).size(), 1U);
  EXPECT_FALSE(std::filesystem::exists(pages[1]));
  EXPECT_FALSE(std::filesystem::exists(pages.back()));
  EXPECT_TRUE(std::filesystem::exists(mine));
}

TEST_F(SheetTest, IsNotWrittenForNothing) {
  EXPECT_TRUE(ContactSheet("tiny").write(target_, false).empty());
  EXPECT_FALSE(std::filesystem::exists(target_));
}

TEST_F(SheetTest, TakesAnyTextAsALabel) {
  ContactSheet sheet("ti\x1bny");
  const std::filesystem::path red = picture("1.png", kRed);
  for (const std::string prompt : {"", "\x1b[2J", "\u202eabc", "\U0001F600", "\xff\xfe"})
    sheet.add(job(prompt, 1), red);
  sheet.add(job(std::string(100000, 'w'), 1), red);
  EXPECT_EQ(sheet.write(target_, false).size(), 1U);
  EXPECT_EQ(places_of(read_png(target_).image, kRed).size(), 6U);
}

}  // namespace
}  // namespace sfumato

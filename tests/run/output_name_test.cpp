#include "run/output_name.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

// Pictures with seeds 7, 8, ...
std::vector<GenerateOptions> pictures(std::size_t count, const std::string& prompt = "A smiling cat, 3D style") {
  std::vector<GenerateOptions> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    result[i].prompt = prompt;
    result[i].seed = 7 + i;
  }
  return result;
}

std::vector<std::string> names(const std::string& output, std::size_t count = 1,
                               const std::string& prompt = "A smiling cat, 3D style") {
  std::vector<std::string> result;
  for (const std::filesystem::path& path : output_names(output, pictures(count, prompt)))
    result.push_back(path.string());
  return result;
}

std::string error_in(const std::string& output, std::size_t count = 1) {
  return error_of([&] { (void)names(output, count); });
}

using Names = std::vector<std::string>;

TEST(OutputName, IsMadeOfThePromptAndTheSeedUnlessGiven) {
  EXPECT_EQ(names(""), (Names{"a-smiling-cat-3d-style-7.png"}));
  EXPECT_EQ(names("", 2), (Names{"a-smiling-cat-3d-style-7.png", "a-smiling-cat-3d-style-8.png"}));
}

TEST(OutputName, NumbersOnWhenTheNameItChoseIsTaken) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(test_folder());
  write_file("a-cat-7.png", "");
  write_file("a-cat-7-2.png", "");
  EXPECT_EQ(names("", 2, "a cat"), (Names{"a-cat-7-3.png", "a-cat-8.png"}));
  std::filesystem::current_path(before);
}

TEST(OutputName, IsTheFileThatIsNamed) {
  EXPECT_EQ(names("cat.png"), (Names{"cat.png"}));
  EXPECT_EQ(names("../out/cat.png"), (Names{"../out/cat.png"}));
}

TEST(OutputName, GetsTheSeedWhenThereAreSeveralPictures) {
  EXPECT_EQ(names("out/cat.png", 2), (Names{"out/cat-7.png", "out/cat-8.png"}));
}

TEST(OutputName, CountsInAFolder) {
  EXPECT_EQ(names("out/", 2), (Names{"out/00001-7.png", "out/00002-8.png"}));
  const std::string folder = test_folder().string();
  EXPECT_EQ(names(folder), (Names{folder + "/00001-7.png"}));
}

TEST(OutputName, FillsInATemplate) {
  EXPECT_EQ(names("{index}_{index:03}_{seed}_{prompt:7}_{steps}_{cfg_scale}_{sampling_method}.png"),
            (Names{"1_001_7_a-smili_20_3_dpm-2m.png"}));
}

TEST(OutputName, IsOneDashForStandardOutput) {
  EXPECT_EQ(names("-"), (Names{"-"}));
  EXPECT_EQ(error_in("-", 2), "64: --output: -: standard output takes one picture, not 2.");
}

TEST(OutputName, LetsNoPromptNameAnotherFolder) {
  const auto name = [](const std::string& prompt) { return names("out/{prompt}.png", 1, prompt).front(); };
  EXPECT_EQ(name("../../etc/passwd"), "out/etc-passwd.png");
  EXPECT_EQ(name("-rf /"), "out/rf.png");
  EXPECT_EQ(name(".hidden"), "out/hidden.png");
  EXPECT_EQ(name("a/b\\c:d*e\x1b[2J\n"), "out/a-b-c-d-e-2j.png");
  EXPECT_EQ(name("\u0441\u043e\u0431\u0430\u043a\u0430"), "out/picture.png");
  EXPECT_EQ(name(""), "out/picture.png");
  EXPECT_EQ(name("..."), "out/picture.png");
  EXPECT_EQ(name("{seed}"), "out/seed.png");
}

TEST(OutputName, CutsALongPrompt) {
  EXPECT_EQ(names("{prompt}.png", 1, std::string(1000, 'a')).front(), std::string(80, 'a') + ".png");
  EXPECT_EQ(names("{prompt:3}.png", 1, "ab cd").front(), "ab.png");
}

TEST(OutputName, RefusesAnotherKindOfFile) {
  EXPECT_EQ(error_in("cat.jpg"),
            "64: --output: cat.jpg: pictures are PNG files: end the name in .png, or in / to name a folder.");
}

TEST(OutputName, RefusesANameThatLooksLikeAFlag) {
  EXPECT_EQ(error_in("-rf.png"), "64: --output: -rf.png: a name that begins with '-' looks like a flag.");
}

TEST(OutputName, RefusesAFieldItDoesNotKnow) {
  EXPECT_EQ(error_in("{nosuch}.png"),
            "64: --output: {nosuch}.png: {nosuch} is not known; {index} {index:05} {seed} {prompt} {prompt:40} {steps} "
            "{cfg_scale} "
            "{sampling_method} are.");
  EXPECT_EQ(error_in("{seed.png"), "64: --output: {seed.png: '{' without '}'.");
  EXPECT_EQ(error_in("{index:0}.png"),
            "64: --output: {index:0}.png: {index:0}: a number from 1 to 20 is wanted after ':'.");
  EXPECT_EQ(error_in("{prompt:81}.png"),
            "64: --output: {prompt:81}.png: {prompt:81}: a number from 1 to 80 is wanted after ':'.");
  EXPECT_EQ(error_in("{index:x}.png"),
            "64: --output: {index:x}.png: {index:x}: a number from 1 to 20 is wanted after ':'.");
  EXPECT_TRUE(error_in("{seed:3}.png").starts_with("64: --output: {seed:3}.png: {seed:3} is not known"));
}

TEST(OutputName, RefusesOneNameForTwoPictures) {
  EXPECT_EQ(
      error_in("{prompt:5}.png", 2),
      "64: --output: {prompt:5}.png: pictures 1 and 2 would both be a-smi.png. Put {index} or {seed} into the name.");
}

TEST(OutputName, RefusesANameThatNoFileSystemTakes) {
  EXPECT_EQ(names(std::string(251, 'a') + ".png").front().size(), 255U);
  EXPECT_TRUE(error_in(std::string(252, 'a') + ".png").ends_with(": the name is longer than 255 bytes."));
}

TEST(OutputName, ShowsNoControlCharacter) {
  EXPECT_EQ(error_in("\x1b[2J.jpg"),
            "64: --output: \\x1b[2J.jpg: pictures are PNG files: end the name in .png, or in / to name a folder.");
}

}  // namespace
}  // namespace sfumato

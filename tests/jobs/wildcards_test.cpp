#include "jobs/wildcards.h"

#include <gtest/gtest.h>

#include <fstream>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

class WildcardsTest : public ::testing::Test {
 protected:
  const std::filesystem::path& folder() const { return folder_; }

  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder() / name).parent_path());
    std::ofstream(folder() / name) << text;
  }

  std::string prompts(const std::string& text) {
    Wildcards wildcards(folder(), /*combinatorial=*/true);
    const PromptText parsed = wildcards.parse(text, "`prompt`");
    auto all = std::make_shared<PromptGroup>();
    all->add(parsed, true, "");
    const PromptPart whole{.group = all};
    std::string result;
    for (std::uint64_t i = 0; i < count_of(whole, true); ++i) {
      result += (i == 0 ? "" : "; ") + expand(whole, i, true, nullptr);
    }
    return result;
  }

  std::string error(const std::string& text) {
    return error_of([&] { (void)prompts(text); });
  }

 private:
  std::filesystem::path folder_ = test_folder();
};

TEST_F(WildcardsTest, AreTheLinesOfAFile) {
  write("colour.txt", "\xef\xbb\xbfred\r\n# none\r\n\r\n  light blue  \r\ngreen");
  EXPECT_EQ(prompts("a __colour__ fox"), "a red fox; a light blue fox; a green fox");
}

TEST_F(WildcardsTest, MayBeInFoldersAndInOneAnother) {
  write("animals/cats.txt", "cat\n{big|small} lion\n");
  write("any.txt", "__animals/cats__\ndog\n");
  EXPECT_EQ(prompts("__any__"), "cat; big lion; small lion; dog");
}

TEST_F(WildcardsTest, AreRefusedWithoutAFileOrLines) {
  write("empty.txt", "# nothing\n\n");
  EXPECT_TRUE(error("__nosuch__").starts_with("usage: `prompt`: __nosuch__: ")) << error("__nosuch__");
  EXPECT_NE(error("__nosuch__").find("No such file or directory. Write the file, name its folder with `wildcards`"),
            std::string::npos);
  EXPECT_EQ(error("__empty__"), "usage: `prompt`: __empty__: the file has no lines to choose from.");
}

TEST_F(WildcardsTest, AreRefusedWhenTheyIncludeThemselves) {
  write("a.txt", "x\n__b__\n");
  write("b.txt", "__a__\n");
  EXPECT_EQ(error("__a__"), "usage: `prompt`: __a__, line 2: __b__, line 1: __a__: includes itself.");
}

// 2^31 pieces, each of them empty, and 2^31 bytes.
TEST_F(WildcardsTest, EndWhereTheyMultiply) {
  for (int i = 0; i < 31; ++i) {
    const std::string next = "__w" + std::to_string(i + 1) + "__";
    write("w" + std::to_string(i) + ".txt", next + next + "\n");
  }
  for (const std::string last : {"{|}", "a", "{a|b}"}) {
    write("w31.txt", last + "\n");
    Wildcards wildcards(folder(), /*combinatorial=*/false);
    const PromptText text = wildcards.parse("__w0__", "`prompt`");
    PromptChoices choices(7);
    EXPECT_EQ(error_of([&] { (void)expand(text.parts.front(), 0, false, &choices); }),
              "usage: a prompt: its wildcards expand to more than 200000 pieces or 1048576 bytes.");
  }
  Wildcards wildcards(folder(), /*combinatorial=*/false);
  const PromptText text = wildcards.parse("__w22__", "`prompt`");
  PromptChoices choices(7);
  EXPECT_EQ(expand(text.parts.front(), 0, false, &choices).size(), 512U);
}

TEST_F(WildcardsTest, StayInTheirFolder) {
  write("outside.txt", "secret\n");
  write("inside/a.txt", "x\n");
  std::filesystem::create_symlink("../outside.txt", folder() / "inside/link.txt");
  Wildcards wildcards(folder() / "inside", false);
  for (const char* const prompt : {"__a/../../outside__", "__link__"}) {
    const std::string message = error_of([&] { (void)wildcards.parse(prompt, "`prompt`"); });
    EXPECT_NE(message.find("is outside the folder"), std::string::npos) << message;
  }
}

TEST_F(WildcardsTest, KeepTheirMessageWhenAFaultyFileIsUsedAgain) {
  write("a.txt", "{b|c\n");
  write("empty.txt", "");
  Wildcards wildcards(folder(), false);
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(error_of([&] { (void)wildcards.parse("__a__", "`prompt`"); }),
              "usage: `prompt`: __a__, line 1: byte 1: '{' has no '}'; a literal brace is written \\{.");
    EXPECT_EQ(error_of([&] { (void)wildcards.parse("__empty__", "`prompt`"); }),
              "usage: `prompt`: __empty__: the file has no lines to choose from.");
  }
  write("a.txt", "b\n");
  EXPECT_EQ(wildcards.parse("__a__", "").parts.front().group->alternatives.size(), 1U) << "mended";
}

TEST_F(WildcardsTest, TellTheLineThatIsBad) {
  write("a.txt", "x\n{b|c\n");
  EXPECT_EQ(error("__a__"), "usage: `prompt`: __a__, line 2: byte 1: '{' has no '}'; a literal brace is written \\{.");
  write("b.txt", "x\n\xff\n");
  EXPECT_EQ(error("__b__"), "usage: `prompt`: __b__, line 2: not UTF-8 at byte 1.");
}

}  // namespace
}  // namespace sfumato

#include "base/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "error_of.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Resolve = Folder::Resolve;

// A folder with a file, next to somebody's file that names must not reach.
class FolderTest : public ::testing::TestWithParam<Resolve> {
 protected:
  static std::filesystem::path filled(const std::filesystem::path& root) {
    const std::filesystem::path inside = root / "inside";
    std::filesystem::create_directories(inside / "sub");
    write_file(inside / "a.png", "a");
    write_file(inside / "sub" / "b.png", "bb");
    write_file(root / "victim.txt", "thesis");
    std::filesystem::create_symlink("../victim.txt", inside / "link.txt");
    std::filesystem::create_directory_symlink("..", inside / "up");
    std::filesystem::create_directory_symlink(root, inside / "far");
    return inside;
  }

  std::filesystem::path root_ = test_folder();
  std::filesystem::path inside_ = filled(root_);
  Folder folder_{inside_, ErrorKind::input_missing, GetParam()};
};

TEST_P(FolderTest, OpensWhatIsInside) {
  EXPECT_TRUE(folder_.open_file("a.png"));
  EXPECT_TRUE(folder_.open_file("sub/b.png"));
  EXPECT_EQ(folder_.stamp_of("sub/b.png")->bytes, 2U);
  EXPECT_FALSE(folder_.open_file("none.png"));
  EXPECT_EQ(errno, ENOENT);
}

TEST_P(FolderTest, ReachesNothingOutside) {
  const std::string absolute = (root_ / "victim.txt").string();
  for (const std::string& name : {std::string("../victim.txt"), absolute, std::string("sub/../../victim.txt"),
                                  std::string("link.txt"), std::string("up/victim.txt"), std::string("far/victim.txt"),
                                  std::string(""), std::string("."), std::string("sub"), std::string("a.png/")}) {
    EXPECT_FALSE(folder_.open_file(name)) << name;
    EXPECT_FALSE(folder_.stamp_of(name).has_value()) << name;
  }
  for (const std::string& name : {std::string("../victim.txt"), absolute, std::string("up/victim.txt"),
                                  std::string("far/victim.txt"), std::string("sub/../../victim.txt")}) {
    EXPECT_FALSE(folder_.rename(name, "stolen.txt")) << name;
    EXPECT_FALSE(folder_.rename("a.png", name)) << name;
    EXPECT_FALSE(folder_.remove(name)) << name;
  }
  EXPECT_EQ(read_file(root_ / "victim.txt"), "thesis");
  EXPECT_EQ(read_file(inside_ / "a.png"), "a");
}

TEST_P(FolderTest, RenamesWithoutReplacing) {
  EXPECT_FALSE(folder_.rename("a.png", "sub/b.png"));
  EXPECT_EQ(errno, EEXIST);
  EXPECT_TRUE(folder_.rename("a.png", "sub/a.png.damaged"));
  EXPECT_EQ(read_file(inside_ / "sub" / "a.png.damaged"), "a");
}

TEST_P(FolderTest, MakesTheFoldersOfANameInside) {
  EXPECT_TRUE(folder_.can_hold("new/deep/c.png"));
  EXPECT_FALSE(std::filesystem::exists(inside_ / "new")) << "it only looks";
  EXPECT_TRUE(folder_.make_parent("new/deep/c.png"));
  EXPECT_TRUE(std::filesystem::is_directory(inside_ / "new" / "deep"));
  EXPECT_TRUE(folder_.make_parent("new/deep/c.png")) << "it is there already";
  EXPECT_TRUE(folder_.make_parent("c.png"));
}

TEST_P(FolderTest, MakesNoFolderOutside) {
  std::filesystem::create_directory_symlink("nowhere", inside_ / "lost");
  for (const char* name : {"far/new/c.png", "up/new/c.png", "../new/c.png", "lost/c.png", "a.png/c.png"}) {
    EXPECT_FALSE(folder_.can_hold(name)) << name;
    EXPECT_FALSE(folder_.make_parent(name)) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(root_ / "new"));
  EXPECT_FALSE(std::filesystem::exists(inside_ / "nowhere"));
}

TEST_P(FolderTest, SaysWhichLinkLeadsOutside) {
  EXPECT_FALSE(folder_.can_hold("far/c.png"));
  EXPECT_EQ(folder_.reason_for("far/c.png", errno),
            (inside_ / "far").string() + " is a symbolic link that leads out of the folder, or nowhere");
  EXPECT_FALSE(folder_.can_hold("a.png/c.png"));
  EXPECT_EQ(folder_.reason_for("a.png/c.png", errno), "Not a directory");
}

TEST_P(FolderTest, RemovesALinkAndNotItsTarget) {
  EXPECT_TRUE(folder_.remove("link.txt"));
  EXPECT_FALSE(std::filesystem::is_symlink(inside_ / "link.txt"));
  EXPECT_EQ(read_file(root_ / "victim.txt"), "thesis");
}

TEST_P(FolderTest, DoesNotWaitForANamedPipe) {
  ASSERT_EQ(mkfifo((inside_ / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(folder_.open_file("pipe"));
  EXPECT_FALSE(folder_.stamp_of("pipe").has_value());
}

TEST_P(FolderTest, SaysWhyItCannotBeOpened) {
  EXPECT_EQ(error_of([&] { Folder(inside_ / "none", ErrorKind::bad_bundle, GetParam()); }),
            "bad_bundle: " + (inside_ / "none").string() + ": No such file or directory.");
}

INSTANTIATE_TEST_SUITE_P(Resolve, FolderTest, ::testing::Values(Resolve::kernel, Resolve::walk),
                         [](const auto& test) { return test.param == Resolve::kernel ? "Kernel" : "Walk"; });

TEST(IsInsideName, IsAboutTheNameOnly) {
  EXPECT_TRUE(is_inside_name("a"));
  EXPECT_TRUE(is_inside_name("a/b..png"));
  EXPECT_FALSE(is_inside_name(""));
  EXPECT_FALSE(is_inside_name("/a"));
  EXPECT_FALSE(is_inside_name("a/../b"));
  EXPECT_FALSE(is_inside_name("a/"));
  EXPECT_FALSE(is_inside_name("./a"));
  EXPECT_FALSE(is_inside_name(std::string("a\0b", 3)));
}

}  // namespace
}  // namespace sfumato

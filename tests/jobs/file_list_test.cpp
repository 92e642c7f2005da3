#include "jobs/file_list.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "jobs/job_options.h"
#include "test_folder.h"

namespace sfumato {
namespace {

constexpr const char* kPng = "\x89PNG\r\n";
constexpr const char* kJpeg = "\xff\xd8\xff\xe0";

class FileList : public ::testing::Test {
 protected:
  // The names in the test's folder, one after the other.
  std::string files(const std::string& text, const char* option = "init_img") {
    std::string result;
    for (const std::string& path : files_named(*find_job_option(option), text)) {
      result += (result.empty() ? "" : " | ") + without_folder(path);
    }
    return result;
  }

  std::string error(const std::string& text) {
    return without_folder(error_of([&] { (void)files(text); }));
  }

  std::string in(const std::string& name) { return (folder_ / name).string(); }
  void make(const std::string& name, const char* content = kPng) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, content);
  }

 private:
  std::string without_folder(std::string text) {
    for (std::size_t at; (at = text.find(folder_.string() + "/")) != std::string::npos;) {
      text.erase(at, folder_.string().size() + 1);
    }
    return text;
  }

  std::filesystem::path folder_ = test_folder();
};

TEST_F(FileList, IsWhatStandsBetweenCommas) {
  make("a.png"), make("b.jpg");
  EXPECT_EQ(files(in("a.png")), "a.png");
  EXPECT_EQ(files(in("b.jpg") + "," + in("a.png")), "b.jpg | a.png");
  EXPECT_EQ(files("-"), "-");
}

TEST_F(FileList, LetsAFileHaveACommaInItsName) {
  make("a,b.png"), make("b.png"), make("a"), make("c.png");
  EXPECT_EQ(files(in("a,b.png")), "a,b.png") << "the whole name is there, so it is one file";
  EXPECT_EQ(files(in("c.png") + "," + in("b.png")), "c.png | b.png");
  std::filesystem::remove(in("a"));
  EXPECT_EQ(files(in("a,b.png") + "," + in("c.png")), "a,b.png | c.png");
}

TEST_F(FileList, TakesThePicturesOfAFolderByWhatTheyAre) {
  make("f/b.jpg", kJpeg), make("f/a"), make("f/10.png"), make("f/9.png"), make("f/c.png", "GIF89a"), make("f/.d.png");
  make("f/sub/e.png"), make("f/notes.txt", "x"), make("f/empty.png", "");
  EXPECT_EQ(files(in("f")), "f/10.png | f/9.png | f/a | f/b.jpg");
  EXPECT_EQ(files(in("f") + "," + in("f/c.png")), "f/10.png | f/9.png | f/a | f/b.jpg | f/c.png");
}

TEST_F(FileList, LeavesMasksInAFolderToTheirPictures) {
  make("f/fox.jpg", kJpeg), make("f/fox_mask.png"), make("f/the_mask.png");
  EXPECT_EQ(files(in("f")), "f/fox.jpg | f/the_mask.png");
  EXPECT_EQ(files(in("f"), "mask"), "f") << "each picture's is looked up in it";
}

TEST_F(FileList, SaysWhatIsMissing) {
  make("a.png");
  std::filesystem::create_directories(in("f"));
  EXPECT_EQ(error(in("no.png")), "input_missing: `init_img`: no.png: there is no such file.");
  EXPECT_EQ(error(in("a.png") + "," + in("no.png") + "," + in("neither.png")),
            "input_missing: `init_img`: no.png: there is no such file.");
  EXPECT_EQ(error(in("f")), "input_missing: `init_img`: f: there is no PNG or JPEG in this folder.");
  EXPECT_EQ(error(""), "usage: `init_img`: \"\": the name of a file is expected.");
  EXPECT_EQ(error(in("a.png") + ","), "usage: `init_img`: \"a.png,\": the name of a file is expected.");
}

}  // namespace
}  // namespace sfumato

#include "output/destination.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/png.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::string kModel(64, 'f');
const std::string kKey(64, 'a');
const std::string kOtherKey(64, 'b');

// A picture of one pixel whose metadata has the key.
std::vector<std::uint8_t> picture(const std::string& key) {
  const std::string text = R"({"key":")" + key + R"(","model_digest":")" + kModel + R"(","width":1,"height":1})";
  return encode_png({.width = 1, .height = 1, .rgb = {0, 0, 0}}, std::vector<PngText>{{"sfumato", text}});
}

void write_picture(const std::filesystem::path& path, const std::string& key) {
  const std::vector<std::uint8_t> bytes = picture(key);
  write_file(path, std::string(bytes.begin(), bytes.end()));
}

Assignment assignment(const std::string& key = kKey) {
  Assignment result{.key = key, .id = *job_id(key)};
  result.job.options.prompt = "a cat";
  result.job.options.seed = 7;
  result.job.options.width = 1;
  result.job.options.height = 1;
  return result;
}

class OneFile {
 public:
  OneFile(const std::string& output, bool overwrite)
      : names_(output, /*several=*/false), destination_(names_, kModel, {.overwrite = overwrite}) {}
  Destination* operator->() { return &destination_; }

 private:
  OutputNames names_;
  Destination destination_;
};

TEST(Destination, WritesOneFile) {
  const std::filesystem::path path = test_folder() / "new" / "cat.png";
  OneFile destination(path.string(), /*overwrite=*/false);
  EXPECT_EQ(destination->folder(), nullptr);
  Assignment job = assignment();
  EXPECT_EQ(destination->find(job), std::nullopt);
  EXPECT_EQ(job.job.output, path);
  EXPECT_EQ(destination->finish(job, picture(kKey)), path);
  EXPECT_EQ(destination->find(job), path) << "it is there now";
}

TEST(Destination, ReplacesAFileOfAnotherJobOnlyOnRequest) {
  const std::filesystem::path path = test_folder() / "cat.png";
  write_picture(path, kOtherKey);
  Assignment job = assignment();
  EXPECT_EQ(error_of([&] { (void)OneFile(path.string(), false)->find(job); }),
            "cannot_create: " + path.string() + ": is there already. Give another `output`, or add `overwrite`.");
  OneFile destination(path.string(), /*overwrite=*/true);
  EXPECT_EQ(destination->find(job), std::nullopt);
  EXPECT_EQ(destination->finish(job, picture(kKey)), path);
  EXPECT_EQ(identity_of(path).key, kKey);
}

TEST(Destination, TakesNoFileOfAnotherSizeForItsPicture) {
  const std::filesystem::path path = test_folder() / "cat.png";
  write_picture(path, kKey);
  Assignment job = assignment();
  EXPECT_EQ(OneFile(path.string(), false)->find(job), path);
  job.job.options.width = 128;
  EXPECT_EQ(error_of([&] { (void)OneFile(path.string(), false)->find(job); }),
            "cannot_create: " + path.string() + ": is there already. Give another `output`, or add `overwrite`.");
}

TEST(Destination, RemovesWhatAKilledProcessLeftBesideOneFile) {
  const std::filesystem::path folder = test_folder();
  const std::filesystem::path dead = folder / (".sfumato-" + this_process().host + "-999999.1-0.part");
  write_file(dead, "half");
  Assignment job = assignment();
  OneFile destination((folder / "cat.png").string(), false);
  EXPECT_EQ(destination->find(job), std::nullopt);
  EXPECT_EQ(destination->finish(job, picture(kKey)), folder / "cat.png");
  EXPECT_FALSE(std::filesystem::exists(dead));
}

TEST(Destination, NeverReplacesWhatThePictureStartsFrom) {
  const std::filesystem::path path = test_folder() / "fox.png";
  write_picture(path, kOtherKey);
  Assignment job = assignment();
  job.job.options.init.image.path = (path.parent_path() / "." / "fox.png").string();
  EXPECT_EQ(error_of([&] { (void)OneFile(path.string(), true)->find(job); }),
            "usage: `overwrite`: " + path.string() + " is what the picture starts from. Give another `output`.");
}

TEST(Destination, CountsWhenTheNameWasNotGiven) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(test_folder());
  OneFile destination("", /*overwrite=*/false);
  Assignment job = assignment();
  for (const char* name : {"a-cat-7.png", "a-cat-7-2.png", "a-cat-7-3.png"}) {
    EXPECT_EQ(destination->find(job), std::nullopt);
    EXPECT_EQ(destination->finish(job, picture(kKey)), name);
  }
  std::filesystem::current_path(before);
}

TEST(Destination, IsStandardOutput) {
  OneFile destination("-", /*overwrite=*/false);
  Assignment job = assignment();
  EXPECT_EQ(destination->find(job), std::nullopt);
  EXPECT_EQ(job.job.output, "-");
  testing::internal::CaptureStdout();
  EXPECT_EQ(destination->finish(job, std::vector<std::uint8_t>{'P', 'N', 'G'}), "-");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "PNG");
}

TEST(Destination, IsAFolderThatKnowsItsPictures) {
  const std::filesystem::path folder = test_folder() / "out";
  const OutputNames names(folder.string() + "/", /*several=*/true);
  Assignment job = assignment();
  {
    Destination destination(names, kModel, {.several = true});
    ASSERT_NE(destination.folder(), nullptr);
    EXPECT_EQ(destination.find(job), std::nullopt);
    EXPECT_EQ(destination.finish(job, picture(kKey)), folder / "00001-7.png");
  }
  Destination again(names, kModel, {.several = true});
  EXPECT_EQ(again.find(job), folder / "00001-7.png");
  Assignment other = assignment(kOtherKey);
  EXPECT_EQ(again.find(other), std::nullopt);
  Destination overwriting(names, kModel, {.several = true, .overwrite = true});
  EXPECT_EQ(overwriting.find(job), std::nullopt);
}

TEST(Destination, KeepsAFolderOfSeveralRunsForASinglePicture) {
  const std::filesystem::path folder = test_folder();
  const OutputNames names(folder.string() + "/", /*several=*/false);
  EXPECT_EQ(Destination(names, kModel, {}).folder(), nullptr);
  std::filesystem::create_directory(folder / ".sfumato");
  EXPECT_NE(Destination(names, kModel, {}).folder(), nullptr);
}

}  // namespace
}  // namespace sfumato

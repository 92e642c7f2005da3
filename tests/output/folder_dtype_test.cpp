#include "output/folder_dtype.h"

#include <gtest/gtest.h>

#include <future>

#include "error_of.h"
#include "image/png.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::string kModel(64, 'f');
const std::string kOther(64, 'e');

void write_picture(const std::filesystem::path& path, const std::string& model, const std::string& dtype) {
  const std::string text = R"({"version":"0.1.0","key":")" + kOther + R"(","model":"m","model_digest":")" + model +
                           R"(","dtype":")" + dtype + R"("})";
  const std::vector<std::uint8_t> bytes =
      encode_png({.width = 1, .height = 1, .rgb = {0, 0, 0}}, std::vector<PngText>{{"sfumato", text}});
  write_file(path, std::string(bytes.begin(), bytes.end()));
}

Dtype kept(const std::filesystem::path& folder, Dtype automatic, bool nested = false) {
  return keep_dtype(folder, kModel, nested, automatic);
}

TEST(FolderDtype, IsChosenOnce) {
  const std::filesystem::path folder = test_folder() / "new";
  EXPECT_EQ(recorded_dtype(folder, kModel), std::nullopt);
  EXPECT_EQ(kept(folder, Dtype::bfloat16), Dtype::bfloat16);
  EXPECT_EQ(kept(folder, Dtype::float32), Dtype::bfloat16) << "on another processor";
  EXPECT_EQ(recorded_dtype(folder, kModel), Dtype::bfloat16);
  EXPECT_EQ(read_file(folder / ".sfumato" / "dtype.ffffffffffffffff"), "bfloat16\n");
}

TEST(FolderDtype, IsTheSameForTwoShardsThatBeginAtOnce) {
  for (int round = 0; round < 50; ++round) {
    const std::filesystem::path folder = test_folder();
    auto other = std::async(std::launch::async, [&] { return kept(folder, Dtype::float32); });
    const Dtype mine = kept(folder, Dtype::bfloat16);
    ASSERT_EQ(mine, other.get());
    ASSERT_EQ(mine, recorded_dtype(folder, kModel));
  }
}

TEST(FolderDtype, IsOfOneModel) {
  const std::filesystem::path folder = test_folder();
  EXPECT_EQ(kept(folder, Dtype::bfloat16), Dtype::bfloat16);
  EXPECT_EQ(keep_dtype(folder, kOther, false, Dtype::float32), Dtype::float32);
}

TEST(FolderDtype, IsThatOfThePicturesWhereAnEarlierVersionDrewThem) {
  const std::filesystem::path folder = test_folder();
  write_file(folder / "0.png", "no picture");
  write_picture(folder / "1.png", kOther, "bfloat16");
  write_picture(folder / "2.png", kModel, "float16");  // never chosen, only asked for
  EXPECT_EQ(recorded_dtype(folder, kModel), std::nullopt);
  write_picture(folder / "3.png", kModel, "float32");
  write_picture(folder / "4.png", kModel, "bfloat16");
  EXPECT_EQ(kept(folder, Dtype::bfloat16), Dtype::float32);
  std::filesystem::remove(folder / "3.png");
  EXPECT_EQ(kept(folder, Dtype::bfloat16), Dtype::float32) << "recorded";
}

TEST(FolderDtype, LooksIntoFoldersOnlyIfPicturesLieThere) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directory(folder / "cats");
  write_picture(folder / "cats" / "1.png", kModel, "float32");
  EXPECT_EQ(kept(folder, Dtype::bfloat16, /*nested=*/false), Dtype::bfloat16);
  std::filesystem::remove_all(folder / ".sfumato");
  EXPECT_EQ(kept(folder, Dtype::bfloat16, /*nested=*/true), Dtype::float32);
}

TEST(FolderDtype, OfADamagedRecordIsAnError) {
  const std::filesystem::path folder = test_folder();
  (void)kept(folder, Dtype::float32);
  const std::filesystem::path record = folder / ".sfumato" / "dtype.ffffffffffffffff";
  for (const std::string text : {"", "float32", "float16\n", "float32\nx\n"}) {
    write_file(record, text);
    EXPECT_TRUE(
        error_of([&] { (void)kept(folder, Dtype::float32); }).starts_with("bad_data: " + record.string() + ": \""))
        << text;
  }
}

}  // namespace
}  // namespace sfumato

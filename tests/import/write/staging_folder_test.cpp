#include "import/write/staging_folder.h"

#include <gtest/gtest.h>

#include "base/process.h"
#include "base/temporary_name.h"
#include "error_of.h"
#include "import/write/output_file.h"
#include "test_folder.h"

namespace sfumato {
namespace {

void write_bundle(const std::filesystem::path& folder, const std::string& content) {
  std::filesystem::create_directories(folder);
  write_file(folder / "model.json", content);
}

TEST(StagingFolder, AppearsWhenItIsPublished) {
  const std::filesystem::path target = test_folder() / "models" / "mine";
  {
    StagingFolder folder(target, /*overwrite=*/false);
    EXPECT_EQ(folder.path(), target.parent_path() / temporary_name(0));
    write_file(folder.path() / "model.json", "new");
    EXPECT_FALSE(std::filesystem::exists(target));
    folder.publish();
    EXPECT_EQ(read_file(target / "model.json"), "new");
  }
  EXPECT_EQ(read_file(target / "model.json"), "new");
  EXPECT_FALSE(std::filesystem::exists(target.parent_path() / temporary_name(0)));
}

TEST(StagingFolder, IsRemovedUnlessItIsPublished) {
  const std::filesystem::path parent = test_folder();
  {
    const StagingFolder folder(parent / "mine", false);
    write_file(folder.path() / "unet.safetensors", "half");
  }
  EXPECT_TRUE(std::filesystem::is_empty(parent));
}

TEST(StagingFolder, ReplacesABundleOnRequestAndNothingElse) {
  const std::filesystem::path parent = test_folder();
  write_bundle(parent / "bundle", "old");
  EXPECT_EQ(error_of([&] { StagingFolder(parent / "bundle", false); }),
            "cannot_create: " + (parent / "bundle").string() +
                ": is there already. Give another `output`, or add `overwrite`.");
  {
    StagingFolder folder(parent / "bundle", /*overwrite=*/true);
    write_file(folder.path() / "model.json", "new");
    EXPECT_EQ(read_file(parent / "bundle" / "model.json"), "old");
    folder.publish();
  }
  EXPECT_EQ(read_file(parent / "bundle" / "model.json"), "new");
  std::filesystem::create_directory(parent / "diaries");
  write_file(parent / "diaries" / "1.txt", "dear");
  EXPECT_EQ(error_of([&] { StagingFolder(parent / "diaries", true); }),
            "cannot_create: " + (parent / "diaries").string() +
                ": is not a bundle, so it is not replaced. Give another `output`.");
}

// Bug 13: the folder of a killed import, gigabytes, stayed for ever.
TEST(StagingFolder, RemovesThoseOfKilledProcesses) {
  const std::filesystem::path parent = test_folder();
  const std::filesystem::path killed = parent / (".sfumato-" + this_process().host + "-999999999-0.part");
  const std::filesystem::path elsewhere = parent / ".sfumato-elsewhere-7-0.part";
  write_bundle(killed, "half");
  write_bundle(elsewhere, "half");
  const StagingFolder folder(parent / "mine", false);
  EXPECT_FALSE(std::filesystem::exists(killed));
  EXPECT_TRUE(std::filesystem::exists(elsewhere)) << "its process may live";
  const StagingFolder other(parent / "other", false);
  EXPECT_TRUE(std::filesystem::exists(folder.path())) << "its process lives";
  EXPECT_NE(other.path(), folder.path());
}

TEST(OutputFile, GivesSizeAndDigestOfWhatItWrote) {
  const std::filesystem::path path = test_folder() / "a.bin";
  OutputFile file(path);
  file.write(std::as_bytes(std::span("abc").first(1)));
  file.write(std::as_bytes(std::span("abc").subspan(1, 2)));
  const FileDescription description = file.finish();
  EXPECT_EQ(description.size, 3);
  EXPECT_EQ(description.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(read_file(path), "abc");
  EXPECT_EQ(error_of([&] { OutputFile again(path); }),
            "cannot_create: " + path.string() + ": cannot be created: File exists.");
}

}  // namespace
}  // namespace sfumato

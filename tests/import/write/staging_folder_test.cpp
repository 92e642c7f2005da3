#include "import/write/staging_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/process.h"
#include "base/temporary_name.h"
#include "bundle/tiny_bundle.h"
#include "error_of.h"
#include "import/write/output_file.h"
#include "import/write/replace_bundle.h"
#include "test_folder.h"

namespace sfumato {
namespace {

void write_bundle(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, content] : kTinyFiles) write_file(folder / name, content);
  write_file(folder / "model.json", tiny_description(kTinyFiles));
}

std::string refusal_to_replace(const std::filesystem::path& folder) {
  return error_of([&] { StagingFolder(folder, /*overwrite=*/true); });
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

TEST(StagingFolder, ReplacesABundleOnRequest) {
  const std::filesystem::path parent = test_folder();
  write_bundle(parent / "bundle");
  EXPECT_EQ(error_of([&] { StagingFolder(parent / "bundle", false); }),
            "cannot_create: " + (parent / "bundle").string() +
                ": is there already. Give another `output`, or add `overwrite`.");
  {
    StagingFolder folder(parent / "bundle", /*overwrite=*/true);
    write_file(folder.path() / "model.json", "new");
    EXPECT_EQ(read_file(parent / "bundle" / "model.json"), tiny_description(kTinyFiles));
    folder.publish();
  }
  EXPECT_EQ(read_file(parent / "bundle" / "model.json"), "new");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(parent), {}), 1) << "the old bundle is gone";
}

// A Keras or TensorFlow.js project has a model.json, too: the whole folder was removed.
TEST(StagingFolder, ReplacesNothingThatIsNotABundle) {
  const std::filesystem::path parent = test_folder();
  const auto where = [&](const std::string& name) { return "cannot_create: " + (parent / name).string() + ": "; };
  std::filesystem::create_directory(parent / "diaries");
  write_file(parent / "diaries" / "1.txt", "dear");
  EXPECT_EQ(refusal_to_replace(parent / "diaries"),
            where("diaries") + "is not a bundle, so it is not replaced. Give another `output`.");
  std::filesystem::create_directory(parent / "keras");
  write_file(parent / "keras" / "model.json", R"({"format": "layers-model"})");
  write_file(parent / "keras" / "thesis.txt", "years");
  EXPECT_TRUE(
      refusal_to_replace(parent / "keras")
          .starts_with(where("keras") + "is not a bundle of this format (" + (parent / "keras/model.json").string()))
      << refusal_to_replace(parent / "keras");
  EXPECT_EQ(read_file(parent / "keras" / "thesis.txt"), "years");
  write_file(parent / "file", "dear");
  EXPECT_EQ(refusal_to_replace(parent / "file"),
            where("file") + "is not a bundle, so it is not replaced. Give another `output`.");
  write_bundle(parent / "bundle");
  std::filesystem::create_directory_symlink("bundle", parent / "link");
  EXPECT_EQ(refusal_to_replace(parent / "link"),
            where("link") + "is not a bundle, so it is not replaced. Give another `output`.");
}

TEST(StagingFolder, NamesWhatIsBesideTheBundle) {
  const std::filesystem::path bundle = test_folder() / "bundle";
  write_bundle(bundle);
  write_file(bundle / "thesis.txt", "years");
  EXPECT_EQ(
      refusal_to_replace(bundle),
      "cannot_create: " + bundle.string() +
          ": holds thesis.txt, which its model.json does not list, so it is not replaced. Give another `output`.");
  std::filesystem::remove(bundle / "thesis.txt");
  std::filesystem::remove(bundle / "graph.ts");
  std::filesystem::create_directory(bundle / "graph.ts");
  write_file(bundle / "graph.ts" / "thesis.txt", "years");
  EXPECT_EQ(refusal_to_replace(bundle),
            "cannot_create: " + bundle.string() +
                ": holds graph.ts, which its model.json does not list, so it is not replaced. Give another `output`.");
}

TEST(StagingFolder, KeepsWhatIsPutIntoTheBundleMeanwhile) {
  const std::filesystem::path bundle = test_folder() / "bundle";
  write_bundle(bundle);
  StagingFolder folder(bundle, /*overwrite=*/true);
  write_file(folder.path() / "model.json", "new");
  write_file(bundle / "thesis.txt", "years");
  EXPECT_EQ(
      error_of([&] { folder.publish(); }),
      "cannot_create: " + bundle.string() +
          ": holds thesis.txt, which its model.json does not list, so it is not replaced. Give another `output`.");
  EXPECT_EQ(read_file(bundle / "thesis.txt"), "years");
}

TEST(RemoveBundle, LeavesWhatIsNotListed) {
  const std::filesystem::path bundle = test_folder() / "bundle";
  write_bundle(bundle);
  write_file(bundle / "thesis.txt", "years");
  EXPECT_FALSE(remove_bundle(bundle));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(bundle), {}), 1);
  EXPECT_EQ(read_file(bundle / "thesis.txt"), "years");
}

// Bug 13: the folder of a killed import, gigabytes, stayed for ever.
TEST(StagingFolder, RemovesThoseOfKilledProcesses) {
  const std::filesystem::path parent = test_folder();
  const std::filesystem::path killed = parent / (".sfumato-" + this_process().host + "-999999999-0.part");
  const std::filesystem::path elsewhere = parent / ".sfumato-elsewhere-7-0.part";
  write_bundle(killed);
  write_bundle(elsewhere);
  const StagingFolder folder(parent / "mine", false);
  EXPECT_FALSE(std::filesystem::exists(killed));
  EXPECT_TRUE(std::filesystem::exists(elsewhere)) << "its process may live";
  const StagingFolder other(parent / "other", false);
  EXPECT_TRUE(std::filesystem::exists(folder.path())) << "its process lives";
  EXPECT_NE(other.path(), folder.path());
}

// A file system that can neither exchange two folders nor rename without replacing.
constexpr NamingCalls kNoCalls = {
    .rename_no_replace = [](int, const char*, int, const char*) { return errno = ENOSYS, -1; },
    .link = [](int, const char*, int, const char*) { return errno = EPERM, -1; },
    .exchange = [](const char*, const char*) { return errno = EINVAL, -1; }};

std::vector<std::string> sorted_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

TEST(StagingFolder, ReplacesInTwoStepsWhereFoldersCannotBeExchanged) {
  const std::filesystem::path parent = test_folder();
  write_bundle(parent / "bundle");
  {
    StagingFolder folder(parent / "bundle", /*overwrite=*/true, kNoCalls);
    write_file(folder.path() / "model.json", "new");
    folder.publish();
    EXPECT_EQ(sorted_names(parent), (std::vector<std::string>{temporary_name(0, TemporaryKind::replaced), "bundle"}));
  }
  EXPECT_EQ(sorted_names(parent), std::vector<std::string>{"bundle"});
  EXPECT_EQ(read_file(parent / "bundle" / "model.json"), "new");
  {
    StagingFolder folder(parent / "other", /*overwrite=*/false, kNoCalls);
    write_file(folder.path() / "model.json", "first");
    folder.publish();
  }
  EXPECT_EQ(sorted_names(parent), (std::vector<std::string>{"bundle", "other"}));
}

// Killed between the two steps: the old bundle is in a folder beside its name.
TEST(StagingFolder, PutsBackABundleThatWasMovedAndNotReplaced) {
  const std::filesystem::path parent = test_folder();
  const std::string dead = ".sfumato-" + this_process().host + "-999999999.1-0.old";
  write_bundle(parent / dead / "bundle");
  const StagingFolder folder(parent / "mine", false);
  EXPECT_TRUE(std::filesystem::exists(parent / "bundle" / "model.json"));
  EXPECT_FALSE(std::filesystem::exists(parent / dead));
}

TEST(StagingFolder, RemovesAReplacedBundleOfAKilledProcess) {
  const std::filesystem::path parent = test_folder();
  const std::string dead = ".sfumato-" + this_process().host + "-999999999.1-0.old";
  write_bundle(parent / dead / "bundle");
  write_file(parent / dead / "bundle" / "thesis.txt", "mine");
  std::filesystem::create_directory(parent / "bundle");
  write_file(parent / "bundle" / "model.json", "new");
  const StagingFolder folder(parent / "mine", false);
  EXPECT_EQ(read_file(parent / "bundle.old-1" / "thesis.txt"), "mine") << "somebody put it there meanwhile";
  EXPECT_FALSE(std::filesystem::exists(parent / dead));
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

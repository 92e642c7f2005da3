#include "output/index_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include "error_of.h"

namespace sfumato {
namespace {

std::filesystem::path empty_folder(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  return folder;
}

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

const IndexEntry kCat = {.file = "cats/1.png",
                         .key = "ab",
                         .line = 17,
                         .values = {{"prompt", {"a caf\u00e9"}}, {"seed", {std::int64_t{7}}}}};

TEST(IndexFile, HasALineForEachPicture) {
  const auto folder = empty_folder("index_lines");
  IndexFile index{Folder(folder)};
  index.add(kCat);
  index.add({.file = "2.png", .key = "cd", .line = 0, .values = {}});
  index.finish();
  EXPECT_EQ(content(folder / "index.jsonl"),
            "{\"file\":\"cats/1.png\",\"key\":\"ab\",\"line\":17,\"prompt\":\"a caf\\u00e9\",\"seed\":7}\n"
            "{\"file\":\"2.png\",\"key\":\"cd\"}\n");
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(IndexFile, ReplacesAnEarlierIndexOnlyWhenItIsWhole) {
  const auto folder = empty_folder("index_replaced");
  {
    IndexFile(Folder(folder)).finish();
  }
  EXPECT_EQ(content(folder / "index.jsonl"), "");
  {
    IndexFile index{Folder(folder)};
    index.add(kCat);
    index.finish();
  }
  const std::string first = content(folder / "index.jsonl");
  {
    IndexFile index{Folder(folder)};
    index.add({.file = "2.png", .key = "cd", .line = 0, .values = {}});
  }
  EXPECT_EQ(content(folder / "index.jsonl"), first);
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(IndexFile, LeavesAlonePeoplesOwnFiles) {
  const auto folder = empty_folder("index_foreign");
  std::ofstream(folder / "index.jsonl") << "{\"mine\":1}\n";
  EXPECT_EQ(error_of([&] { IndexFile index{Folder(folder)}; }),
            "cannot_create: " + (folder / "index.jsonl").string() +
                ": is not an index that this program wrote, and stays as it is.");
  EXPECT_EQ(content(folder / "index.jsonl"), "{\"mine\":1}\n");
}

TEST(IndexFile, LeavesAloneAPipeAndALink) {
  const auto folder = empty_folder("index_strange");
  const std::string message = "cannot_create: " + (folder / "index.jsonl").string() +
                              ": is not an index that this program wrote, and stays as it is.";
  ASSERT_EQ(mkfifo((folder / "index.jsonl").c_str(), 0600), 0);
  EXPECT_EQ(error_of([&] { IndexFile index{Folder(folder)}; }), message);
  std::filesystem::remove(folder / "index.jsonl");
  std::filesystem::create_symlink("nowhere", folder / "index.jsonl");
  EXPECT_EQ(error_of([&] { IndexFile index{Folder(folder)}; }), message);
}

TEST(IndexFile, SaysWhenItCannotBeCreated) {
  EXPECT_EQ(error_of([] { IndexFile index{Folder("/proc/self")}; }).substr(0, 55),
            "cannot_create: /proc/self/index.jsonl: cannot be create");
}

TEST(IndexFile, WritesAHundredThousandLines) {
  const auto folder = empty_folder("index_many");
  IndexFile index{Folder(folder)};
  for (int i = 0; i < 100000; ++i) index.add(kCat);
  index.finish();
  const std::string text = content(folder / "index.jsonl");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 100000);
}

TEST(IndexFile, OnAFullDiskLeavesTheOldOne) {
  const auto folder = empty_folder("index_full");
  {
    IndexFile index{Folder(folder)};
    index.add(kCat);
    index.finish();
  }
  const std::string first = content(folder / "index.jsonl");
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 1000, .rlim_max = old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string said = error_of([&] {
    IndexFile index{Folder(folder)};
    for (int i = 0; i < 100; ++i) index.add(kCat);
    index.finish();
  });
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(said, "io_error: " + (folder / "index.jsonl").string() +
                      ": cannot be written: File too large. Free some space and run the same command again.");
  EXPECT_EQ(content(folder / "index.jsonl"), first);
  EXPECT_EQ(files_in(folder), 1U);
}

}  // namespace
}  // namespace sfumato

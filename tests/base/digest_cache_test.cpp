#include "base/digest_cache.h"

#include <gtest/gtest.h>

#include "test_folder.h"

namespace sfumato {
namespace {

const std::string kDigest(64, 'a');
constexpr FileIdentity kFile = {.device = 5, .inode = 7, .stamp = {.bytes = 3, .changed = -1}, .status_changed = 9};

TEST(DigestCache, KeepsADigestForAFile) {
  const DigestCache cache(test_folder() / "new");
  EXPECT_EQ(cache.find(kFile), std::nullopt);
  EXPECT_TRUE(cache.keep(kFile, kDigest));
  EXPECT_EQ(cache.find(kFile), kDigest);
  FileIdentity moved = kFile;
  moved.status_changed = 10;  // a rename, a chmod
  EXPECT_EQ(cache.find(moved), kDigest);
  for (FileIdentity other : {FileIdentity{6, 7, {3, -1}, 9}, FileIdentity{5, 8, {3, -1}, 9},
                             FileIdentity{5, 7, {4, -1}, 9}, FileIdentity{5, 7, {3, 0}, 9}}) {
    EXPECT_EQ(cache.find(other), std::nullopt);
  }
  EXPECT_TRUE(cache.keep(kFile, std::string(64, 'b')));
  EXPECT_EQ(cache.find(kFile), std::string(64, 'b'));
}

TEST(DigestCache, HasNoDamagedEntry) {
  const std::filesystem::path folder = test_folder();
  const DigestCache cache(folder);
  for (const char* text :
       {"", "{", "[]", R"({"version":2,"bytes":3,"changed":-1,"sha256":"aa"})",
        R"({"version":1,"bytes":3,"changed":-1,"sha256":"aa"})", R"({"version":1,"bytes":"3","changed":-1})"}) {
    write_file(folder / "5-7", text);
    EXPECT_EQ(cache.find(kFile), std::nullopt) << text;
  }
  write_file(folder / "5-7", std::string(100000, ' '));
  EXPECT_EQ(cache.find(kFile), std::nullopt);
  EXPECT_TRUE(cache.keep(kFile, kDigest));
  EXPECT_EQ(cache.find(kFile), kDigest);
}

TEST(DigestCache, DoesWithoutAFolder) {
  EXPECT_FALSE(DigestCache("").keep(kFile, kDigest));
  const std::filesystem::path file = test_folder() / "file";
  write_file(file, "");
  EXPECT_FALSE(DigestCache(file).keep(kFile, kDigest));
  EXPECT_EQ(DigestCache(file).find(kFile), std::nullopt);
}

}  // namespace
}  // namespace sfumato

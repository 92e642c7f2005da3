#include "bundle/zip_archive.h"

#include <gtest/gtest.h>

#include "bundle/zip_file.h"
#include "error_of.h"

namespace sfumato {
namespace {

using namespace std::string_literals;

std::string error_in(const std::string& archive) {
  return error_of([&] { (void)read_zip(archive, "x.ts"); });
}
std::string refusal(const std::string& what) {
  return "bad_bundle: x.ts: is not an archive of a graph: " + what + ". Export the graph again with scripts/export.";
}

const std::vector<ZipMember> kTwo = {{.name = "a/version", .content = "6\n"},
                                     {.name = "a/data.pkl", .content = "pickle"}};
// zlib.compressobj(9, zlib.DEFLATED, -15) of 20 times 'a'
const std::string kTwentyLetters = "\x4b\x4c\xc4\x04\x00"s;

TEST(ZipArchive, GivesStoredAndDeflatedRecordsInOrder) {
  std::vector<ZipMember> members = kTwo;
  members[0].extra = "FB\x04" + std::string(1, '\0') + "ZZZZ";  // padding, as torch.jit.save writes it
  members.push_back({.name = "a/code", .content = std::string(20, 'a'), .method = 8, .stored = kTwentyLetters});
  const std::string archive = zip_file(members);
  const std::vector<ZipRecord> records = read_zip(archive, "x.ts");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].name, "a/version");
  EXPECT_EQ(records[0].bytes, "6\n");
  EXPECT_EQ(records[1].bytes, "pickle");
  EXPECT_EQ(records[2].bytes, "aaaaaaaaaaaaaaaaaaaa");
}

TEST(ZipArchive, RefusesWhatIsNoArchive) {
  EXPECT_EQ(error_in(""), refusal("it does not end with a zip directory"));
  EXPECT_EQ(error_in("something else, longer than the end of an archive"),
            refusal("it does not end with a zip directory"));
  EXPECT_EQ(error_in(zip_file({})), refusal("it is empty"));
  EXPECT_EQ(error_in("PTMF" + zip_file(kTwo)), refusal("its directory does not lie before its end"));
}

TEST(ZipArchive, RefusesRecordsThatAreThereTwice) {
  EXPECT_EQ(error_in(zip_file({kTwo[0], kTwo[0]})), refusal("record a/version is there twice"));
}

TEST(ZipArchive, RefusesKindsOfRecordsThatGraphsDoNotHave) {
  std::vector<ZipMember> members = kTwo;
  members[1].method = 12;
  EXPECT_EQ(error_in(zip_file(members)), refusal("record a/data.pkl is compressed by method 12"));
  members[1].method = 0;
  members[1].flags = 1;
  EXPECT_EQ(error_in(zip_file(members)), refusal("record a/data.pkl is encrypted, or of an unknown kind"));
}

TEST(ZipArchive, RefusesDamage) {
  std::vector<ZipMember> members = kTwo;
  members[1].stored = "piCkle";
  EXPECT_EQ(error_in(zip_file(members)), refusal("record a/data.pkl is damaged"));
  members[1] = {.name = "a/code", .content = std::string(20, 'b'), .method = 8, .stored = kTwentyLetters};
  EXPECT_EQ(error_in(zip_file(members)), refusal("record a/code is damaged"));
  members[1].stored = kTwentyLetters + "more";
  EXPECT_EQ(error_in(zip_file(members)), refusal("record a/code is damaged"));
}

// Two readers of such archives may see two archives.
TEST(ZipArchive, RefusesBytesThatBelongToNoRecordOrToTwo) {
  const std::string archive = zip_file(kTwo);
  const std::size_t second = archive.find("PK\x03\x04", 4), directory = archive.find("PK\x01\x02");
  std::string changed = archive;
  changed[directory + 42] = static_cast<char>(second);  // the first record begins where the second does
  EXPECT_EQ(error_in(changed), refusal("record a/version overlaps another, or has bytes before it"));
  changed = archive;
  changed[30] = 'b';
  EXPECT_EQ(error_in(changed), refusal("record a/version has two names"));
  changed = archive;
  changed[22] = 1;  // the size in the local header
  EXPECT_EQ(error_in(changed), refusal("record a/version has two descriptions"));
  changed = archive;
  changed.insert(directory, "x");
  changed[changed.size() - 6] += 1;
  EXPECT_EQ(error_in(changed), refusal("there are bytes between its records and its directory"));
  EXPECT_EQ(error_in(archive + "x"), refusal("it does not end with a zip directory"));
}

TEST(ZipArchive, RefusesEveryCut) {
  const std::string archive = zip_file(kTwo);
  for (std::size_t size = 0; size < archive.size(); ++size) {
    EXPECT_TRUE(error_in(archive.substr(0, size)).starts_with("bad_bundle: x.ts: is not an archive of a graph: "))
        << size;
  }
}

}  // namespace
}  // namespace sfumato

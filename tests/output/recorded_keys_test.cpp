#include "output/recorded_keys.h"

#include <gtest/gtest.h>

#include "output/journal.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

TEST(RecordedKeys, AreThoseOfTheNearestFolderWithJournals) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::create_directories(folder / ".sfumato");
  std::filesystem::create_directories(folder / "sub" / "inner");
  Journal journal(folder / ".sfumato", "m");
  journal.append({.event = Event::done, .job = std::string(64, 'a'), .file = "cat.png"});
  journal.append({.event = Event::done, .job = std::string(64, 'b') + "+2", .file = "sub/inner/dog.png"});
  journal.append({.event = Event::done, .job = std::string(64, 'c'), .file = "cat.png"});
  RecordedKeys keys;
  EXPECT_EQ(keys.key_of(folder / "cat.png"), std::string(64, 'c')) << "the last one made it";
  EXPECT_EQ(keys.key_of(folder / "sub" / "." / "inner" / "dog.png"), std::string(64, 'b'));
  EXPECT_EQ(keys.key_of(folder / "fox.png"), std::nullopt);
  EXPECT_EQ(keys.key_of(folder.parent_path() / "cat.png"), std::nullopt);
}

}  // namespace
}  // namespace sfumato

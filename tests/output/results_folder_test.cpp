#include "output/results_folder.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "image/png.h"
#include "output/writable.h"
#include "test_folder.h"

namespace sfumato {
namespace {

const std::string kModel(64, 'f');

std::string key(char digit) { return std::string(64, digit); }
JobId id(char digit, std::uint32_t occurrence = 1) { return *job_id(key(digit), occurrence); }

// A picture of one pixel that says that it has the key.
std::vector<std::uint8_t> picture(char digit, std::uint8_t red = 0, const std::string& model = kModel) {
  const std::string text = R"({"key":")" + key(digit) + R"(","model_digest":")" + model + R"(","width":1,"height":1})";
  return encode_png({.width = 1, .height = 1, .rgb = {red, 0, 0}}, std::vector<PngText>{{"sfumato", text}});
}

std::vector<std::uint8_t> picture_without_key(std::uint8_t red) {
  return encode_png({.width = 1, .height = 1, .rgb = {red, 0, 0}}, {});
}

void write_bytes(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  write_file(path, std::string(bytes.begin(), bytes.end()));
}

ResultsFolder opened(const std::filesystem::path& folder, bool new_model = false) {
  return {folder, kModel, /*nested=*/false, new_model};
}

std::string finish(ResultsFolder& folder, char digit, const std::string& name, std::uint32_t occurrence = 1) {
  folder.started(id(digit, occurrence), key(digit));
  return folder.finish(id(digit, occurrence),
                       {.key = key(digit), .name = name, .line = 0, .values = {}, .overwrite = false}, picture(digit));
}

std::optional<std::string> found(ResultsFolder& folder, char digit, std::uint32_t occurrence = 1) {
  return folder.find(id(digit, occurrence), key(digit));
}

void remove_journals(const std::filesystem::path& folder) { std::filesystem::remove_all(folder / ".sfumato"); }

TEST(ResultsFolder, FindsWhatItFinishedWhenItIsOpenedAgain) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    EXPECT_FALSE(found(folder, 'a'));
    EXPECT_EQ(finish(folder, 'a', "a.png"), "a.png");
    EXPECT_EQ(found(folder, 'a'), "a.png");
  }
  ResultsFolder folder = opened(path);
  EXPECT_EQ(found(folder, 'a'), "a.png");
  EXPECT_FALSE(found(folder, 'b'));
  EXPECT_EQ(folder.imported(), 0U);
}

TEST(ResultsFolder, ImportsPicturesWhoseJournalIsGone) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
    finish(folder, 'a', "b.png", 2);
  }
  remove_journals(path);
  {
    ResultsFolder folder = opened(path);
    EXPECT_EQ(folder.imported(), 2U);
    EXPECT_EQ(found(folder, 'a', 1), "a.png");
    EXPECT_EQ(found(folder, 'a', 2), "b.png");
    EXPECT_FALSE(found(folder, 'a', 3));
  }
  EXPECT_EQ(opened(path).imported(), 0U) << "they have a line in a journal now";
}

TEST(ResultsFolder, ReadsAPictureAgainThatWasTouched) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
  }
  std::filesystem::last_write_time(path / "a.png", std::filesystem::file_time_type::clock::now());
  ResultsFolder folder = opened(path);
  EXPECT_EQ(found(folder, 'a'), "a.png");
  EXPECT_TRUE(folder.take_notes().empty());
}

TEST(ResultsFolder, TakesAPictureThatWasPackedAnew) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
  }
  write_bytes(path / "a.png", picture('a', 200));
  ResultsFolder folder = opened(path);
  EXPECT_EQ(found(folder, 'a'), "a.png");
}

TEST(ResultsFolder, MovesADamagedPictureAside) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
  }
  std::vector<std::uint8_t> bytes = picture('a');
  bytes[bytes.size() - 20] ^= 1;
  write_bytes(path / "a.png", bytes);
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(found(folder, 'a'));
  EXPECT_EQ(folder.take_notes(), std::vector<std::string>{(path / "a.png").string() +
                                                          ": is damaged. It was renamed to a.png.damaged and is made "
                                                          "again."});
  EXPECT_EQ(finish(folder, 'a', "a.png"), "a.png");
  EXPECT_TRUE(std::filesystem::exists(path / "a.png.damaged"));
}

TEST(ResultsFolder, TakesNoPictureWithBytesBehindItsEnd) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
  }
  std::vector<std::uint8_t> bytes = picture('a');
  bytes.push_back(0);
  write_bytes(path / "a.png", bytes);
  write_bytes(path / "b.png", bytes);
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(found(folder, 'a'));
  const std::vector<std::string> notes = folder.take_notes();
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_EQ(notes[0], "1 file in " + path.string() + " ending in .png: not a complete picture, left alone.");
  EXPECT_EQ(notes[1], (path / "a.png").string() + ": is damaged. It was renamed to a.png.damaged and is made again.");
}

TEST(ResultsFolder, TakesNoPictureOfAnotherSizeForAJobsWhateverItsKey) {
  const std::filesystem::path path = test_folder();
  write_bytes(path / "a.png", picture('a'));
  {
    ResultsFolder folder = opened(path);
    EXPECT_EQ(folder.imported(), 1U);
    EXPECT_FALSE(folder.find(id('a'), key('a'), ImageSize{.width = 128, .height = 128}));
    EXPECT_EQ(folder.find(id('b'), key('b'), ImageSize{.width = 1, .height = 1}), std::nullopt);
  }
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(folder.find(id('a'), key('a'), ImageSize{.width = 128, .height = 128})) << "its journal has it now";
  EXPECT_TRUE(std::filesystem::exists(path / "a.png")) << "it is somebody's picture";
}

TEST(ResultsFolder, TakesAPictureForDamagedThatWasReplacedByASmallerOneOfItsKey) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    (void)folder.finish(id('a'),
                        {.key = key('a'),
                         .name = "a.png",
                         .line = 0,
                         .values = {{"width", {std::int64_t{2}}}, {"height", {std::int64_t{2}}}},
                         .overwrite = false},
                        picture_without_key(1));
  }
  write_bytes(path / "a.png", picture('a'));
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(folder.find(id('a'), key('a'), ImageSize{.width = 2, .height = 2}));
  EXPECT_TRUE(std::filesystem::exists(path / "a.png.damaged"));
}

TEST(ResultsFolder, ImportsNoPictureWhoseValuesSayAnotherSize) {
  const std::filesystem::path path = test_folder();
  const auto with_values = [](const std::string& values) {
    const std::string text = R"({"key":")" + key('a') + "\"" + values + "}";
    return encode_png({.width = 1, .height = 1, .rgb = {0, 0, 0}}, std::vector<PngText>{{"sfumato", text}});
  };
  write_bytes(path / "a.png", with_values(R"(,"width":128,"height":128)"));
  write_bytes(path / "b.png", with_values(""));
  write_bytes(path / "c.png", with_values(R"(,"width":128,"height":128,"inpaint_area":"mask")"));
  ResultsFolder folder = opened(path);
  EXPECT_EQ(folder.imported(), 1U);
  EXPECT_EQ(folder.find(id('a'), key('a'), ImageSize{}), "c.png") << "it has the size of its init image";
  EXPECT_FALSE(folder.find(id('a'), key('a'), ImageSize{.width = 128, .height = 128}));
}

// Size and time are as they were: only reading it shows the damage.
TEST(ResultsFolder, FindsDamageThatSizeAndTimeDoNotShow) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
    finish(folder, 'b', "b.png");
  }
  const auto time = std::filesystem::last_write_time(path / "a.png");
  std::vector<std::uint8_t> bytes = picture('a');
  bytes[bytes.size() - 20] ^= 1;
  write_bytes(path / "a.png", bytes);
  std::filesystem::last_write_time(path / "a.png", time);
  {
    ResultsFolder folder = opened(path);
    EXPECT_EQ(found(folder, 'a'), "a.png") << "without a check its size and time say that it is whole";
  }
  ResultsFolder folder = opened(path);
  std::string progress;
  folder.check_digests([&](std::size_t checked, std::size_t all) {
    progress += std::to_string(checked) + "/" + std::to_string(all) + " ";
  });
  EXPECT_EQ(progress, "0/2 1/2 2/2 ");
  EXPECT_FALSE(found(folder, 'a'));
  EXPECT_EQ(found(folder, 'b'), "b.png");
  EXPECT_EQ(folder.take_notes().size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(path / "a.png.damaged"));
}

TEST(ResultsFolder, LeavesTheNameToAPictureOfAnotherJob) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "1.png");
    EXPECT_EQ(finish(folder, 'b', "1.png"), "1-2.png");
    EXPECT_EQ(finish(folder, 'c', "1.png"), "1-3.png");
  }
  ResultsFolder folder = opened(path);
  EXPECT_EQ(found(folder, 'a'), "1.png");
  EXPECT_EQ(found(folder, 'b'), "1-2.png");
  EXPECT_EQ(folder.unclaimed(), 1U);
}

TEST(ResultsFolder, NeverReplacesSomebodysFile) {
  const std::filesystem::path path = test_folder();
  write_file(path / "a.png", "mine");
  ResultsFolder folder = opened(path);
  EXPECT_EQ(folder.take_notes().size(), 1U);
  EXPECT_EQ(finish(folder, 'a', "a.png"), "a-2.png");
  EXPECT_EQ(read_file(path / "a.png"), "mine");
}

TEST(ResultsFolder, LetsGoOfAPictureThatAnotherProcessWasFasterWith) {
  const std::filesystem::path path = test_folder();
  ResultsFolder mine = opened(path);
  ResultsFolder theirs = opened(path);
  mine.started(id('a'), key('a'));
  EXPECT_EQ(finish(theirs, 'a', "a.png"), "a.png");
  EXPECT_EQ(finish(mine, 'a', "a.png"), "a.png");
  EXPECT_FALSE(std::filesystem::exists(path / "a-2.png"));
}

TEST(ResultsFolder, LetsGoOfItEvenIfTheOtherHasNotWrittenItDownYet) {
  const std::filesystem::path path = test_folder();
  ResultsFolder folder = opened(path);
  write_bytes(path / "a.png", picture('a'));
  EXPECT_EQ(finish(folder, 'a', "a.png"), "a.png");
  EXPECT_FALSE(std::filesystem::exists(path / "a-2.png"));
}

TEST(ResultsFolder, KeepsTwoPicturesOfOneKeyApart) {
  const std::filesystem::path path = test_folder();
  ResultsFolder folder = opened(path);
  finish(folder, 'a', "2.png", 2);
  EXPECT_EQ(finish(folder, 'a', "2.png", 1), "2-2.png");
}

TEST(ResultsFolder, SeesWhatAnotherProcessIsAt) {
  const std::filesystem::path path = test_folder();
  ResultsFolder mine = opened(path);
  ResultsFolder theirs = opened(path);
  EXPECT_FALSE(mine.owner_of(id('a')));
  theirs.started(id('a'), key('a'));
  mine.refresh();
  ASSERT_TRUE(mine.owner_of(id('a')));
  EXPECT_EQ(mine.owner_of(id('a'))->id, this_process().id);
  theirs.dropped(id('a'), key('a'));
  mine.refresh();
  EXPECT_FALSE(mine.owner_of(id('a')));
}

TEST(ResultsFolder, CountsTheProcessesThatDiedAtAJob) {
  const std::filesystem::path path = test_folder();
  std::filesystem::create_directories(path / ".sfumato");
  const std::string line = to_line({.event = JournalEntry::Event::started, .job = key('a')}) + "\n";
  const std::string host = this_process().host;
  write_file(path / ".sfumato" / ("journal." + host + ".999999.1.jsonl"), line);
  EXPECT_EQ(opened(path).deaths_of(id('a')).count(), 1);
  write_file(path / ".sfumato" / ("journal." + host + ".999999.2.jsonl"), line + line);
  EXPECT_EQ(opened(path).deaths_of(id('a')).count(), 2);
  EXPECT_EQ(opened(path).deaths_of(id('b')).count(), 0);
}

TEST(ResultsFolder, BlamesNoJobForAnEndInOrder) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    folder.started(id('a'), key('a'));
  }
  EXPECT_EQ(opened(path).deaths_of(id('a')).count(), 0);
}

TEST(ResultsFolder, RefusesAFolderOfAnotherModel) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder(path, std::string(64, 'e'), false, false);
    finish(folder, 'a', "a.png");
  }
  EXPECT_EQ(error_of([&] { opened(path); }),
            "cannot_create: " + path.string() +
                ": holds pictures of another model (eeeeeeeeee, this one is ffffffffff). Give another `output`, or add "
                "`new_model` to mix them.");
  EXPECT_EQ(error_of([&] {
              ResultsFolder folder = opened(path, /*new_model=*/true);
              finish(folder, 'b', "b.png");
            }),
            "no error");
  EXPECT_EQ(error_of([&] { opened(path); }), "no error") << "both models are at home here now";
}

TEST(ResultsFolder, RemovesOldTemporaryFilesOfDeadProcessesOnly) {
  const std::filesystem::path path = test_folder();
  const std::string host = this_process().host;
  write_file(path / (".sfumato-" + host + "-999999-0.part"), "dead");
  write_file(path / (".sfumato-" + host + "-" + std::to_string(this_process().id) + "-0.part"), "alive");
  write_file(path / ".sfumato-elsewhere-999999-0.part", "on another machine");
  write_file(path / ".sfumato-elsewhere-999999-1.part", "on another machine, long ago");
  std::filesystem::last_write_time(path / ".sfumato-elsewhere-999999-1.part",
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  write_file(path / ".sfumato-mine.part", "somebody's own");
  opened(path);
  EXPECT_FALSE(std::filesystem::exists(path / (".sfumato-" + host + "-999999-0.part")));
  EXPECT_TRUE(
      std::filesystem::exists(path / (".sfumato-" + host + "-" + std::to_string(this_process().id) + "-0.part")));
  EXPECT_TRUE(std::filesystem::exists(path / ".sfumato-elsewhere-999999-0.part"));
  EXPECT_FALSE(std::filesystem::exists(path / ".sfumato-elsewhere-999999-1.part"));
  EXPECT_TRUE(std::filesystem::exists(path / ".sfumato-mine.part"));
}

// A journal that a stranger packed with his pictures: the next run renamed victim.png, or took it for the picture.
TEST(ResultsFolder, TouchesNothingThatAJournalNamesOutside) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path path = root / "out";
  std::filesystem::create_directories(path / ".sfumato");
  write_bytes(root / "victim.png", picture('a'));
  write_file(root / "victim.txt", "thesis");
  std::filesystem::create_directory_symlink("..", path / "up");
  std::filesystem::create_symlink("../victim.txt", path / "link.png");
  std::string lines;
  for (const std::string& file :
       {std::string("../victim.txt"), (root / "victim.txt").string(), std::string("../victim.png"),
        std::string("a\0b", 3), std::string("up/victim.txt"), std::string("up/victim.png"), std::string("link.png")}) {
    lines += to_line({.event = JournalEntry::Event::done, .job = key('a'), .file = file}) + "\n";
  }
  const std::optional<FileStamp> stamp = stamp_of(root / "victim.png");
  lines +=
      to_line({.event = JournalEntry::Event::done, .job = key('b'), .file = "up/victim.png", .stamp = *stamp}) + "\n";
  write_file(path / ".sfumato" / ("journal." + this_process().host + ".999999.1.jsonl"), lines);
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(found(folder, 'a'));
  EXPECT_FALSE(found(folder, 'b'));
  EXPECT_EQ(folder.take_notes(),
            std::vector<std::string>{"4 lines of the journals cannot be read and were skipped; the "
                                     "pictures themselves were checked."});
  folder.write_index();
  EXPECT_EQ(read_file(path / "index.jsonl"), "");
  EXPECT_EQ(read_file(root / "victim.txt"), "thesis");
  EXPECT_EQ(stamp_of(root / "victim.png"), stamp);
  EXPECT_FALSE(std::filesystem::exists(root / "victim.txt.damaged"));
}

TEST(ResultsFolder, PublishesWhereItLooks) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path path = root / "out";
  std::filesystem::create_directories(root / "disk");
  ResultsFolder folder(path, kModel, /*nested=*/true, /*new_model=*/false);
  std::filesystem::create_directory_symlink(root / "disk", path / "sub");
  const std::string reason = (path / "sub").string() + " is a symbolic link that leads out of the folder, or nowhere.";
  EXPECT_EQ(error_of([&] { check_picture_name(path, "sub/a.png", /*overwrite=*/false); }),
            "usage: `output`: sub/a.png: " + reason);
  EXPECT_EQ(error_of([&] { finish(folder, 'a', "sub/a.png"); }),
            "cannot_create: " + (path / "sub" / "a.png").string() + ": cannot be created: " + reason);
  EXPECT_TRUE(std::filesystem::is_empty(root / "disk"));
  EXPECT_EQ(error_of([&] { check_picture_name(path, "new/a.png", /*overwrite=*/false); }), "no error");
  EXPECT_EQ(finish(folder, 'a', "new/a.png"), "new/a.png");
  EXPECT_EQ(found(folder, 'a'), "new/a.png");
}

TEST(ResultsFolder, KeepsItsStateInsideTheFolder) {
  const std::filesystem::path root = test_folder();
  std::filesystem::create_directories(root / "out");
  std::filesystem::create_directories(root / "elsewhere");
  std::filesystem::create_directory_symlink("../elsewhere", root / "out" / ".sfumato");
  const std::string state = (root / "out" / ".sfumato").string();
  EXPECT_EQ(error_of([&] { opened(root / "out"); }),
            "cannot_create: " + state + ": is not a folder and cannot be made one: " + state +
                " is a symbolic link that leads out of the folder, or nowhere.");
  EXPECT_TRUE(std::filesystem::is_empty(root / "elsewhere"));
}

TEST(ResultsFolder, RemovesWhatDeadProcessesLeftAtAnyDepth) {
  const std::filesystem::path root = test_folder();
  const std::filesystem::path path = root / "out";
  const std::string dead = ".sfumato-" + this_process().host + "-999999.1-0.part";
  std::filesystem::create_directories(path / "a" / "b");
  std::filesystem::create_directories(root / "disk");
  std::filesystem::create_directory_symlink(root / "disk", path / "a" / "link");
  for (const std::filesystem::path& folder : {path / "a", path / "a" / "b", root / "disk"}) {
    write_file(folder / dead, "half");
  }
  ResultsFolder folder = opened(path);
  EXPECT_TRUE(std::filesystem::exists(path / "a" / dead)) << "names have no folders in this run";
  finish(folder, 'a', "a/1.png");
  EXPECT_FALSE(std::filesystem::exists(path / "a" / dead));
  ResultsFolder nested(path, kModel, /*nested=*/true, /*new_model=*/false);
  EXPECT_FALSE(std::filesystem::exists(path / "a" / "b" / dead));
  EXPECT_TRUE(std::filesystem::exists(root / "disk" / dead)) << "a link leads there";
}

TEST(ResultsFolder, HasNothingToTellOfThisFileSystem) { EXPECT_TRUE(opened(test_folder()).take_details().empty()); }

TEST(ResultsFolder, KnowsAPictureWithoutAKeyByItsBytes) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    EXPECT_EQ(folder.finish(id('a'), {.key = key('a'), .name = "a.png", .line = 0, .values = {}, .overwrite = false},
                            picture_without_key(1)),
              "a.png");
  }
  write_bytes(path / "a.png", picture_without_key(1));
  {
    ResultsFolder folder = opened(path);
    EXPECT_EQ(found(folder, 'a'), "a.png");
  }
  write_bytes(path / "a.png", picture_without_key(2));
  ResultsFolder folder = opened(path);
  EXPECT_FALSE(found(folder, 'a')) << "somebody put another picture there";
  EXPECT_TRUE(std::filesystem::exists(path / "a.png"));
}

TEST(ResultsFolder, WritesTheIndexOfWhatIsThere) {
  const std::filesystem::path path = test_folder();
  {
    ResultsFolder folder = opened(path);
    finish(folder, 'a', "a.png");
    finish(folder, 'b', "b.png");
  }
  std::filesystem::remove(path / "a.png");
  ResultsFolder folder = opened(path);
  finish(folder, 'c', "c.png");
  folder.write_index();
  EXPECT_EQ(read_file(path / "index.jsonl"),
            R"({"file":"b.png","key":")" + key('b') + "\"}\n" + R"({"file":"c.png","key":")" + key('c') + "\"}\n");
}

}  // namespace
}  // namespace sfumato

#include "output/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "base/file_descriptor.h"
#include "base/file_lock.h"
#include "error_of.h"
#include "output/journal_reader.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

const std::string kKey(64, 'a');

JournalEntry done() {
  return {.event = Event::done,
          .job = kKey + "+2",
          .file = "00001-7.png",
          .stamp = {.bytes = 1234, .changed = 1'700'000'000'123'456'789},
          .sha256 = std::string(64, 'b'),
          .line = 17,
          .values = {{"prompt", {std::string("a \"cat\"\n")}}, {"seed", {std::int64_t{7}}}}};
}

// Events and jobs of all entries that the reader gives.
std::string events(JournalReader& reader) {
  std::string text;
  reader.read([&](const JournalEntry& entry) {
    text += std::to_string(static_cast<int>(entry.event)) + (entry.job.empty() ? "" : entry.job.substr(63)) + " ";
  });
  return text;
}

JournalReader reader_of(const std::filesystem::path& path) { return {path, *writer_of(path)}; }

TEST(Journal, SaysAnEntryInOneLineAndReadsItBack) {
  const std::string line = to_line(done());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const std::optional<JournalEntry> entry = from_line(line);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->event, Event::done);
  EXPECT_EQ(entry->job, kKey + "+2");
  EXPECT_EQ(entry->file, "00001-7.png");
  EXPECT_EQ(entry->stamp, (FileStamp{.bytes = 1234, .changed = 1'700'000'000'123'456'789}));
  EXPECT_EQ(entry->sha256, std::string(64, 'b'));
  EXPECT_EQ(entry->line, 17U);
  EXPECT_EQ(std::get<std::string>(entry->values.at(0).second.value), "a \"cat\"\n");
}

TEST(Journal, SaysWhatIsKnownOfTheEndOfItsProcess) {
  const std::optional<JournalEntry> opened =
      from_line(to_line({.event = Event::opened, .model = "m", .counters = {"boot 7 a/memory.events", "boot vmstat"}}));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->counters, (std::vector<std::string>{"boot 7 a/memory.events", "boot vmstat"}));
  const std::optional<JournalEntry> started =
      from_line(to_line({.event = Event::started, .job = kKey, .oom_kills = {3, 40}}));
  ASSERT_TRUE(started);
  EXPECT_EQ(started->oom_kills, (std::vector<std::uint64_t>{3, 40}));
  const std::optional<JournalEntry> entered =
      from_line(to_line({.event = Event::entered, .job = kKey, .phase = JobPhase::decode}));
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->phase, JobPhase::decode);
  const std::optional<JournalEntry> crashed = from_line(to_line({.event = Event::crashed, .cause = "hang"}));
  ASSERT_TRUE(crashed);
  EXPECT_EQ(crashed->cause, "hang");
}

TEST(Journal, ReadsWhatEarlierVersionsWrote) {
  const std::optional<JournalEntry> opened =
      from_line(R"({"event":"opened","time":"2026-01-01T00:00:00Z","model":"m"})");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->model, "m");
  EXPECT_TRUE(opened->counters.empty());
  const std::optional<JournalEntry> started =
      from_line(R"({"event":"started","time":"2026-01-01T00:00:00Z","job":")" + kKey + "\"}");
  ASSERT_TRUE(started);
  EXPECT_TRUE(started->oom_kills.empty());
}

TEST(Journal, TakesNoGarbageForAnEntry) {
  for (const std::string& line :
       {std::string(""), std::string("{"), std::string("[]"), std::string("null"), std::string(100, '\0'),
        std::string("{\"event\":\"later\",\"job\":\"x\"}"), std::string("{\"event\":\"done\",\"job\":\"x\"}"),
        std::string("{\"event\":\"done\",\"job\":7}"), std::string("\xff\xfe")}) {
    EXPECT_FALSE(from_line(line)) << line;
  }
}

std::string done_line(const std::string& file) {
  return R"({"event":"done","job":"a","file":")" + file + R"(","bytes":3,"changed":5,"sha256":"ef","values":{}})";
}

TEST(Journal, TakesNoFileOutsideTheFolder) {
  for (const char* file : {"../victim.txt", "/etc/hostname", "sub/../../victim.txt", "", ".", "sub/", "a\\u0000b"}) {
    EXPECT_FALSE(from_line(done_line(file))) << file;
  }
  EXPECT_EQ(from_line(done_line("./a.png"))->file, "a.png");
  EXPECT_EQ(from_line(done_line("sub/..a.png"))->file, "sub/..a.png");
}

TEST(Journal, IsNamedAfterItsProcess) {
  const auto process = writer_of("x/.sfumato/journal.node-7.1234.2.jsonl");
  ASSERT_TRUE(process);
  EXPECT_EQ(process->host, "node-7");
  EXPECT_EQ(process->id, 1234);
  for (const char* name : {"journal.jsonl", "journal.node.x.1.jsonl", "journal.node.12.jsonl", "seed.1", "a.png"}) {
    EXPECT_FALSE(writer_of(name)) << name;
  }
}

TEST(Journal, IsSeenToLiveAndToEndInOrder) {
  const std::filesystem::path folder = test_folder();
  std::filesystem::path path;
  {
    Journal journal(folder, "model");
    path = journal.path();
    EXPECT_TRUE(reader_of(path).is_alive());
    EXPECT_FALSE(reader_of(path).ended_in_order());
    journal.append({.event = Event::started, .job = kKey});
  }
  EXPECT_FALSE(reader_of(path).is_alive());
  EXPECT_TRUE(reader_of(path).ended_in_order());
}

TEST(Journal, NamesItsProcessWithOrWithoutItsStart) {
  const std::optional<ProcessName> with_start = writer_of("a/journal.node-12.345.6789.2.jsonl");
  ASSERT_TRUE(with_start.has_value());
  EXPECT_EQ(with_start->host, "node-12");
  EXPECT_EQ(with_start->id, 345);
  EXPECT_EQ(with_start->start, 6789U);
  const std::optional<ProcessName> without = writer_of("journal.node-12.345.2.jsonl");
  ASSERT_TRUE(without.has_value());
  EXPECT_EQ(without->id, 345);
  EXPECT_EQ(without->start, 0U);
  EXPECT_FALSE(writer_of("journal.node-12.x.2.jsonl").has_value());
  EXPECT_FALSE(writer_of("journal.node-12.345").has_value());
}

// Bug 14: a reader that met the file between its creation and its lock took the writer for dead.
TEST(Journal, IsNeverVisibleWithoutItsLock) {
  const std::filesystem::path folder = test_folder();
  const ProcessName process = this_process();
  const std::filesystem::path path = folder / ("journal." + process.host + "." + std::to_string(process.id) + "." +
                                               std::to_string(process.start) + ".1.jsonl");
  std::atomic<int> seen = 0;
  std::atomic<int> unlocked = 0;
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
      struct stat status{};
      if (!file) continue;
      ++seen;
      // The writer removes the name before it gives its lock up.
      const bool locked = try_lock(file.get(), LockMode::shared) == LockResult::held;
      if (!locked && fstat(file.get(), &status) == 0 && status.st_nlink > 0) ++unlocked;
    }
  });
  for (int round = 0; round < 300 && unlocked == 0; ++round) {
    const Journal journal(folder, "model");
    ASSERT_EQ(journal.path(), path);
  }
  reader = {};
  EXPECT_GT(seen, 0);
  EXPECT_EQ(unlocked, 0);
}

TEST(Journal, ShowsByItsTimeThatItsWriterLives) {
  const Journal journal(test_folder(), "m", std::chrono::milliseconds(1));
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  std::filesystem::last_write_time(journal.path(), long_ago);
  while (std::filesystem::last_write_time(journal.path()) < long_ago + std::chrono::minutes(59)) {
  }
  EXPECT_TRUE(journal.is_locked());
}

// A writer of another host: its lock cannot be seen.
bool is_alive_at(const std::filesystem::path& path, std::chrono::seconds from_now) {
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + from_now);
  return JournalReader(path, {.host = "elsewhere", .id = 7}).is_alive();
}

TEST(JournalReader, TakesNoTimeInTheFutureForLife) {
  const std::filesystem::path path = test_folder() / "journal.elsewhere.7.1.1.jsonl";
  write_file(path, to_line({.event = Event::opened, .model = "m"}) + "\n");
  EXPECT_TRUE(is_alive_at(path, std::chrono::seconds(-90)));
  EXPECT_TRUE(is_alive_at(path, std::chrono::seconds(90))) << "clocks differ";
  EXPECT_FALSE(is_alive_at(path, std::chrono::seconds(-150)));
  EXPECT_FALSE(is_alive_at(path, std::chrono::seconds(150)));
}

TEST(Journal, SaysWhenItCannotBeCreated) {
  EXPECT_TRUE(error_of([] { Journal("/proc/self", "model"); }).starts_with("cannot_create: /proc/self/journal."));
}

TEST(Journal, IsRemovedIfItSaysNothing) {
  const std::filesystem::path folder = test_folder();
  {
    const Journal journal(folder, "model");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(Journal, NeverWritesIntoAnother) {
  const std::filesystem::path folder = test_folder();
  Journal first(folder, "model");
  Journal second(folder, "model");
  EXPECT_NE(first.path(), second.path());
}

TEST(JournalReader, GivesWhatWasAppendedSinceTheLastTime) {
  Journal journal(test_folder(), "model");
  JournalReader reader = reader_of(journal.path());
  EXPECT_EQ(events(reader), "0 ");
  EXPECT_EQ(events(reader), "");
  journal.append({.event = Event::started, .job = kKey});
  journal.append(done());
  EXPECT_EQ(events(reader), "1a 2a+2 ");
}

TEST(JournalReader, PassesOverGarbageAndCutsOffATornLine) {
  const std::filesystem::path path = test_folder() / "journal.elsewhere.12.1.jsonl";
  const std::string good = to_line({.event = Event::started, .job = kKey}) + "\n";
  write_file(path, good + "garbage\n" + std::string(10, '\0') + "\n" + good + R"({"event":"do)");
  JournalReader reader = reader_of(path);
  EXPECT_EQ(events(reader), "1a 1a ");
  EXPECT_EQ(reader.unreadable_lines(), 2U);
  EXPECT_TRUE(reader.cut_torn_line());
  EXPECT_TRUE(read_file(path).ends_with(good));
  EXPECT_FALSE(reader.cut_torn_line());
}

TEST(JournalReader, TakesALineInTwoParts) {
  const std::filesystem::path path = test_folder() / "journal.elsewhere.12.1.jsonl";
  const std::string good = to_line({.event = Event::started, .job = kKey}) + "\n";
  write_file(path, good.substr(0, 20));
  JournalReader reader = reader_of(path);
  EXPECT_EQ(events(reader), "");
  write_file(path, good);
  EXPECT_EQ(events(reader), "1a ");
}

TEST(JobIds, AreTheKeyAndWhichOfThose) {
  EXPECT_EQ(id_text(kKey, 1), kKey);
  EXPECT_EQ(id_text(kKey, 3), kKey + "+3");
  EXPECT_EQ(parse_job_id(kKey)->occurrence, 1U);
  EXPECT_EQ(parse_job_id(kKey + "+3")->occurrence, 3U);
  EXPECT_EQ(parse_job_id(kKey)->high, 0xaaaaaaaaaaaaaaaaU);
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(64, 'x'), kKey + "+", kKey + "+0"})
    EXPECT_FALSE(parse_job_id(text)) << text;
}

}  // namespace
}  // namespace sfumato

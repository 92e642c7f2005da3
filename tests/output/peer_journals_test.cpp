#include "output/peer_journals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file_descriptor.h"
#include "base/file_lock.h"
#include "base/oom_kills.h"
#include "test_folder.h"

namespace sfumato {
namespace {

using Event = JournalEntry::Event;

std::string key(char digit) { return std::string(64, digit); }
JobId id(char digit) { return *job_id(key(digit)); }

std::string opened(const std::string& model = "m") { return to_line({.event = Event::opened, .model = model}) + "\n"; }
std::string started(char digit) { return to_line({.event = Event::started, .job = key(digit)}) + "\n"; }
std::string entered(char digit, JobPhase phase) {
  return to_line({.event = Event::entered, .job = key(digit), .phase = phase}) + "\n";
}
std::string crashed(const std::string& cause) { return to_line({.event = Event::crashed, .cause = cause}) + "\n"; }
std::string done(char digit, const std::string& file) {
  return to_line({.event = Event::done, .job = key(digit), .file = file}) + "\n";
}

void append(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

// As if its writer had not written for an hour.
void make_silent(const std::filesystem::path& path) {
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
}

// A journal of a process of this host that does not exist.
std::filesystem::path dead_journal(const std::filesystem::path& folder, int n = 1) {
  return folder / ("journal." + this_process().host + ".999999999." + std::to_string(n) + ".jsonl");
}

// The journals of a folder, and the files of the pictures that they told of.
struct Reading {
  explicit Reading(const std::filesystem::path& folder, PeerJournals::Torn torn = PeerJournals::Torn::cut)
      : peers(
            folder, {},
            [this](const JobId&, const JournalEntry& entry) {
              if (entry.event == Event::done) files += entry.file + " ";
            },
            torn) {}
  std::string files;
  PeerJournals peers;
};

TEST(PeerJournals, SayWhoIsAtAPicture) {
  const std::filesystem::path folder = test_folder();
  Reading reading(folder);
  Journal journal(folder, "m");
  journal.append({.event = Event::started, .job = key('a')});
  journal.append({.event = Event::started, .job = key('b')});
  journal.append({.event = Event::done, .job = key('b'), .file = "b.png"});
  reading.peers.refresh();
  ASSERT_TRUE(reading.peers.owner_of(id('a')));
  EXPECT_EQ(reading.peers.owner_of(id('a'))->id, this_process().id);
  EXPECT_FALSE(reading.peers.owner_of(id('b')));
  EXPECT_EQ(reading.files, "b.png ");
  EXPECT_EQ(reading.peers.models(), std::unordered_set<std::string>{"m"});
  ASSERT_EQ(reading.peers.working().size(), 1U);
  EXPECT_EQ(reading.peers.working()[0].jobs, 1U);
  journal.append({.event = Event::failed, .job = key('a'), .reason = "x"});
  reading.peers.refresh();
  EXPECT_FALSE(reading.peers.owner_of(id('a')));
}

TEST(PeerJournals, LeaveTheOwnJournalOut) {
  const std::filesystem::path folder = test_folder();
  Journal own(folder, "m");
  own.append({.event = Event::started, .job = key('a')});
  PeerJournals peers(folder, own.path(), [](const JobId&, const JournalEntry&) { FAIL(); });
  EXPECT_FALSE(peers.owner_of(id('a')));
}

TEST(PeerJournals, CountACrashForWhatADeadWriterWasAt) {
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder, 1), opened() + started('a') + done('a', "a.png") + started('b'));
  write_file(dead_journal(folder, 2), opened() + started('b') + started('c'));
  const Reading reading(folder);
  EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 0);
  EXPECT_EQ(reading.peers.deaths_of(id('b')).count(), 2);
  EXPECT_EQ(reading.peers.deaths_of(id('c')).count(), 1);
  EXPECT_FALSE(reading.peers.owner_of(id('c')));
  EXPECT_TRUE(reading.peers.working().empty());
}

TEST(PeerJournals, CountNoCrashForAWriterThatEndedInOrder) {
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder), opened() + started('a'));
  chmod(dead_journal(folder).c_str(), S_IRUSR);
  EXPECT_EQ(Reading(folder).peers.deaths_of(id('a')).count(), 0);
}

TEST(PeerJournals, SetAJobAsideAfterTwoCrashes) {
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder, 1), opened() + started('a') + entered('a', JobPhase::decode) + crashed("SIGSEGV"));
  EXPECT_FALSE(Reading(folder).peers.deaths_of(id('a')).sets_aside());
  write_file(dead_journal(folder, 2), opened() + started('a') + crashed("hang"));
  const Deaths deaths = Reading(folder).peers.deaths_of(id('a'));
  EXPECT_EQ(deaths.caused, 2);
  EXPECT_TRUE(deaths.sets_aside());
  write_file(dead_journal(folder, 3),
             opened() + done('a', "a.png") + started('b') + done('b', "b.png") + crashed("SIGBUS"));
  EXPECT_EQ(Reading(folder).peers.deaths_of(id('a')).caused, 2) << "no job was open when that one crashed";
}

// Bug: two SIGKILLs by a scheduler set a picture aside for good.
TEST(PeerJournals, SetAJobAsideAtTheFifthDeathWithoutACauseInOnePhase) {
  const std::filesystem::path folder = test_folder();
  for (int n = 1; n <= 4; ++n) {
    write_file(dead_journal(folder, 2 * n), opened() + started('a'));
    write_file(dead_journal(folder, 2 * n + 1), opened() + started('a') + entered('a', JobPhase::sample));
  }
  EXPECT_EQ(Reading(folder).peers.deaths_of(id('a')).count(), 8);
  EXPECT_FALSE(Reading(folder).peers.deaths_of(id('a')).sets_aside());
  write_file(dead_journal(folder, 1), opened() + started('a') + entered('a', JobPhase::sample));
  const Deaths deaths = Reading(folder).peers.deaths_of(id('a'));
  EXPECT_EQ(deaths.caused, 0);
  EXPECT_TRUE(deaths.sets_aside());
}

TEST(PeerJournals, KnowADeathForWantOfMemoryByTheKernelsCounter) {
  const std::vector<std::string> counters = oom_counters();
  const std::optional<std::uint64_t> kills = counters.empty() ? std::nullopt : oom_kills(counters.front());
  if (!kills) GTEST_SKIP() << "this kernel shows no such counter";
  const auto journal_of = [&](std::uint64_t before) {
    return to_line({.event = Event::opened, .model = "m", .counters = {counters.front()}}) + "\n" +
           to_line({.event = Event::started, .job = key('a'), .oom_kills = {before}}) + "\n";
  };
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder, 1), journal_of(*kills));
  {
    const Reading reading(folder);
    EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 1);
    EXPECT_EQ(reading.peers.deaths_of(id('a')).caused, 0);
  }
  EXPECT_TRUE(read_file(dead_journal(folder, 1))
                  .ends_with(R"("cause":"unknown"})"
                             "\n"))
      << "later kills change nothing";
  write_file(dead_journal(folder, 1), journal_of(*kills + 1) + crashed("memory"));
  EXPECT_EQ(Reading(folder).peers.deaths_of(id('a')).caused, 1) << "an earlier run has seen it";
}

// Bug 14: a writer on another machine is silent during a long picture, and was taken for dead for good.
TEST(PeerJournals, LookAgainAtAJournalThatGrows) {
  const std::filesystem::path folder = test_folder();
  const std::filesystem::path path = folder / "journal.elsewhere.12.1.jsonl";
  write_file(path, opened() + started('a'));
  make_silent(path);
  Reading reading(folder);
  EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 1);
  EXPECT_FALSE(reading.peers.owner_of(id('a')));
  append(path, done('a', "a.png") + started('b'));
  reading.peers.refresh();
  EXPECT_EQ(reading.files, "a.png ");
  EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 0);
  EXPECT_TRUE(reading.peers.owner_of(id('b')));
}

TEST(PeerJournals, LookAgainAtAJournalThatBecomesLocked) {
  const std::filesystem::path folder = test_folder();
  const std::filesystem::path path = dead_journal(folder);
  write_file(path, opened() + started('a'));
  Reading reading(folder);
  EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 1);
  {
    const FileDescriptor writer(open(path.c_str(), O_WRONLY | O_APPEND));
    ASSERT_EQ(try_lock(writer.get(), LockMode::exclusive), LockResult::locked);
    reading.peers.refresh();
    EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 0);
    EXPECT_TRUE(reading.peers.owner_of(id('a')));
  }
  reading.peers.refresh();
  EXPECT_EQ(reading.peers.deaths_of(id('a')).count(), 1) << "now it died";
  EXPECT_FALSE(reading.peers.owner_of(id('a')));
}

TEST(PeerJournals, CutOffATornLineOfADeadWriterOnly) {
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder), opened() + "garbage\n" + R"({"event":"do)");
  const std::filesystem::path living = folder / "journal.elsewhere.12.1.jsonl";
  write_file(living, opened() + R"({"event":"do)");
  {
    const Reading reading(folder, PeerJournals::Torn::leave);
    EXPECT_EQ(reading.peers.torn_lines(), 0U);
    EXPECT_FALSE(read_file(dead_journal(folder)).ends_with("\n"));
  }
  const Reading reading(folder);
  EXPECT_EQ(reading.peers.torn_lines(), 1U);
  EXPECT_EQ(reading.peers.unreadable_lines(), 1U);
  EXPECT_TRUE(read_file(dead_journal(folder)).ends_with("garbage\n"));
  EXPECT_TRUE(read_file(living).ends_with(R"({"event":"do)"));
}

TEST(PeerJournals, ReadAJournalOnAfterItsTornLineWasCutOff) {
  const std::filesystem::path folder = test_folder();
  const std::filesystem::path path = folder / "journal.elsewhere.12.1.jsonl";
  write_file(path, opened() + started('a') + R"({"event":"do)");
  make_silent(path);
  Reading reading(folder);
  EXPECT_EQ(reading.peers.torn_lines(), 1U);
  append(path, done('a', "a.png"));
  reading.peers.refresh();
  EXPECT_EQ(reading.files, "a.png ");
  EXPECT_EQ(reading.peers.unreadable_lines(), 0U);
}

TEST(PeerJournals, ReadAllInTheOrderOfTheirLastEntries) {
  const std::filesystem::path folder = test_folder();
  write_file(dead_journal(folder, 1), opened() + done('a', "new.png"));
  write_file(dead_journal(folder, 2), opened() + done('a', "old.png"));
  make_silent(dead_journal(folder, 2));
  Journal own(folder, "m");
  own.append({.event = Event::done, .job = key('a'), .file = "own.png"});
  std::string files;
  Reading(folder).peers.read_all(own.path(),
                                 [&](const JobId&, const JournalEntry& entry) { files += entry.file + " "; });
  EXPECT_EQ(files, "old.png new.png own.png ");
}

}  // namespace
}  // namespace sfumato

#include "base/crash.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <functional>

#include "base/file_descriptor.h"
#include "output/journal.h"
#include "test_folder.h"

namespace sfumato {
namespace {

// What a child process leaves that crashes in `work`: its wait status and its journal.
struct End {
  int status = 0;
  std::string journal{};
};
End end_of(const std::function<void()>& work) {
  const std::filesystem::path path = test_folder() / "journal";
  const FileDescriptor journal(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    set_crash_journal(journal.get());
    set_crash_phase("decode");
    report_crashes();
    work();
    _exit(0);
  }
  End end;
  waitpid(child, &end.status, 0);
  end.journal = read_file(path);
  return end;
}

int signal_of(const End& end) { return WIFSIGNALED(end.status) ? WTERMSIG(end.status) : 0; }

void write_where_nothing_is() {
  void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile int*>(page) = 1;
}

// Reads behind the end of a mapped file.
void read_what_was_cut_off() {
  const FileDescriptor file(memfd_create("cut", MFD_CLOEXEC));
  const void* page = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file.get(), 0);
  static_cast<void>(*static_cast<const volatile int*>(page));
}

volatile int depth = 0;
volatile int deepest = -1;  // never reached; the compiler cannot know it
int recurse(int n) {
  volatile char room[4096] = {};
  room[0] = static_cast<char>(n);
  depth = n;
  return n == deepest ? 0 : recurse(n + 1) + room[0];
}

TEST(Crash, IsWrittenIntoTheJournalAndEndsTheProcessAsWithoutIt) {
  const End end = end_of(&write_where_nothing_is);
  EXPECT_EQ(signal_of(end), SIGSEGV);
  EXPECT_EQ(end.journal, "{\"event\":\"crashed\",\"cause\":\"SIGSEGV\",\"phase\":\"decode\"}\n");
  const std::optional<JournalEntry> entry = from_line(std::string_view(end.journal).substr(0, end.journal.size() - 1));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->event, JournalEntry::Event::crashed);
  EXPECT_EQ(entry->cause, "SIGSEGV");
}

TEST(Crash, IsEveryFatalSignalThatTheProcessRaises) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    const End end = end_of([signal] { raise(signal); });
    EXPECT_EQ(signal_of(end), signal);
    EXPECT_NE(end.journal.find("\"crashed\""), std::string::npos) << signal;
  }
}

TEST(Crash, IsAnExceptionThatNobodyCatches) {
  const End end = end_of([] { std::terminate(); });
  EXPECT_EQ(signal_of(end), SIGABRT);
  EXPECT_NE(end.journal.find("\"SIGABRT\""), std::string::npos);
}

TEST(Crash, IsAStackOverflow) {
  const End end = end_of([] { static_cast<void>(recurse(0)); });
  EXPECT_EQ(signal_of(end), SIGSEGV);
  EXPECT_NE(end.journal.find("\"SIGSEGV\""), std::string::npos);
}

TEST(Crash, IsNotASignalOfAnotherProcess) {
  const End end = end_of([] {
    if (fork() == 0) {
      kill(getppid(), SIGSEGV);
      _exit(0);
    }
    for (;;) pause();
  });
  EXPECT_EQ(signal_of(end), SIGSEGV);
  EXPECT_EQ(end.journal, "");
}

TEST(Crash, LeavesABusErrorToWhoKnowsItsAddress) {
  set_bus_error_report([](const void*) { _exit(78); });
  const End reported = end_of(&read_what_was_cut_off);
  set_bus_error_report([](const void*) {});
  const End not_known = end_of(&read_what_was_cut_off);
  set_bus_error_report(nullptr);
  EXPECT_EQ(WEXITSTATUS(reported.status), 78);
  EXPECT_EQ(reported.journal, "");
  EXPECT_EQ(signal_of(not_known), SIGBUS);
  EXPECT_NE(not_known.journal.find("\"SIGBUS\""), std::string::npos);
}

TEST(Crash, WritesNothingWithoutAJournal) {
  const End end = end_of([] {
    set_crash_journal(-1);
    raise(SIGSEGV);
  });
  EXPECT_EQ(signal_of(end), SIGSEGV);
  EXPECT_EQ(end.journal, "");
}

}  // namespace
}  // namespace sfumato

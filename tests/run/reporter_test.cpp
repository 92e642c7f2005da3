#include "run/reporter.h"

#include <gtest/gtest.h>

#include "error_of.h"
#include "text_console.h"

namespace sfumato {
namespace {

Job job(std::uint64_t index = 0) {
  Job job{.output = "out/cat.png", .index = index};
  job.options.prompt = "a cat";
  job.options.steps = 4;
  job.options.seed = 7;
  return job;
}

// A reporter that writes to strings, with a clock that a test sets.
struct Told {
  explicit Told(const ReporterOptions& options, bool is_terminal = false)
      : err(is_terminal), reporter(out, err, options, [this] { return now; }) {}

  void begin(std::uint64_t pictures) {
    state.counts().jobs = pictures;
    reporter.planned(JobCount{.jobs = pictures});
    reporter.started("tiny", "cpu, float32, 1 thread");
  }
  void wait(std::chrono::milliseconds time) { now += time; }
  void step(const Job& job, int step, int steps) {
    reporter.step(job, {.step = step, .steps = steps, .evaluation = step, .evaluations = steps}, state.counts());
  }
  void finished(const Job& job, bool existing = false) {
    state.finished(job, existing);
    reporter.finished(job, "abc", existing);
  }
  void done(const std::string& command) { reporter.done(state.counts(), command); }
  // Two pictures of four steps, each step half a second; the first is made, the second fails.
  void run() {
    begin(2);
    for (std::uint64_t picture = 0; picture < 2; ++picture) {
      for (int step = 1; step <= 4; ++step) {
        wait(std::chrono::milliseconds(500));
        this->step(job(picture), step, 4);
      }
      if (picture == 0) finished(job());
    }
    state.failed(job(1), ErrorKind::internal);
    reporter.failed(job(1), "not finite");
    done("sfumato 'a cat' -b 2");
  }

  TextConsole out, err;
  std::chrono::steady_clock::time_point now;
  RunState state{std::nullopt};
  Reporter reporter;
};

TEST(Reporter, TellsPathsToProgramsAndTheRestToPeople) {
  Told told({});
  told.run();
  EXPECT_EQ(told.out.str(), "out/cat.png\n");
  EXPECT_EQ(told.err.str(),
            "sfumato: error: picture 2 (seed 7): not finite\n"
            "sfumato: 1 made, 1 failed, in 4.0 s\n"
            "sfumato: to try what failed again: sfumato 'a cat' -b 2\n");
}

TEST(Reporter, SaysHowFarItIsEveryFiveSecondsWithoutATerminal) {
  Told told({});
  told.begin(3);
  for (int step = 1; step <= 12; ++step) {
    told.wait(std::chrono::seconds(1));
    told.step(job(1), step, 20);
  }
  EXPECT_EQ(told.err.str(),
            "sfumato: 0/3 done, 3.0 a minute, 55.0 s left\nsfumato: 0/3 done, 3.0 a minute, 50.0 s left\n");
}

TEST(Reporter, DrawsABarOnATerminal) {
  Told told({}, /*is_terminal=*/true);
  told.begin(1);
  told.wait(std::chrono::milliseconds(500));
  told.step(job(), 1, 4);
  EXPECT_EQ(told.err.str(), "\r[########......................] step 1/4, 1.5 s left\x1b[K");
  told.wait(std::chrono::milliseconds(1500));
  told.step(job(), 4, 4);
  told.err.forget();
  told.finished(job());
  EXPECT_EQ(told.err.str(), "\r\x1b[K");
}

TEST(Reporter, CountsPicturesInTheBarWhenThereAreSeveral) {
  Told told({}, /*is_terminal=*/true);
  told.begin(2);
  told.finished(job());
  told.wait(std::chrono::seconds(3));
  told.step(job(1), 2, 4);
  EXPECT_EQ(told.err.str(), "\r[#######################.......] 1/2 done, 30.0 a minute, 1.0 s left\x1b[K");
}

TEST(Reporter, RemovesTheBarBeforeAWarning) {
  Told told({}, /*is_terminal=*/true);
  told.begin(1);
  told.step(job(), 1, 4);
  told.err.forget();
  told.reporter.warn("words were lost");
  EXPECT_EQ(told.err.str(), "\r\x1b[Ksfumato: warning: words were lost\n");
}

TEST(Reporter, KeepsQuietExceptForErrors) {
  Told told({.quiet = true});
  told.reporter.warn("words were lost");
  told.run();
  EXPECT_EQ(told.out.str(), "out/cat.png\n");
  EXPECT_EQ(told.err.str(), "sfumato: warning: words were lost\nsfumato: error: picture 2 (seed 7): not finite\n");
}

TEST(Reporter, TellsDeviceAndTimesWhenVerbose) {
  Told told({.verbose = true});
  told.wait(std::chrono::milliseconds(1230));
  told.begin(1);
  EXPECT_EQ(told.err.str(), "sfumato: tiny on cpu, float32, 1 thread, loaded in 1.23 s\n");
}

TEST(Reporter, TellsEventsAsLinesOfJson) {
  Told told({.json = true, .quiet = true});
  told.run();
  EXPECT_EQ(told.out.str(),
            R"({"event":"plan","pictures":2,"bad_lines":0,"imported":0}
{"event":"start","model":"tiny","runtime":"cpu, float32, 1 thread"}
{"event":"step","index":1,"step":1,"steps":4}
{"event":"step","index":1,"step":2,"steps":4}
{"event":"step","index":1,"step":3,"steps":4}
{"event":"step","index":1,"step":4,"steps":4}
{"event":"image","index":1,"status":"made","path":"out/cat.png","key":"abc","prompt":"a cat","negative_prompt":"","seed":7,"steps":4,"cfg_scale":3.0,"sampling_method":"dpm++2m","scheduler":"karras","eta":0.0,"width":128,"height":128}
{"event":"step","index":2,"step":1,"steps":4}
{"event":"step","index":2,"step":2,"steps":4}
{"event":"step","index":2,"step":3,"steps":4}
{"event":"step","index":2,"step":4,"steps":4}
{"event":"failed","index":2,"reason":"not finite"}
{"event":"done","made":1,"existing":0,"imported":0,"failed":1,"set_aside":0,"left":0,"unclaimed":0,"seconds":4.0}
)");
}

TEST(Reporter, CountsEvaluationsOfStepsThatHaveTwo) {
  Told told({}, /*is_terminal=*/true);
  told.begin(1);
  told.wait(std::chrono::seconds(1));
  told.reporter.step(job(), {.step = 1, .steps = 2, .evaluation = 1, .evaluations = 3}, told.state.counts());
  EXPECT_EQ(told.err.str(), "\r[##########....................] step 1/2, 2.0 s left\x1b[K");
}

TEST(Reporter, NamesWhatFailedAndWhatIsSetAside) {
  Told told({});
  told.reporter.failed(BadLine{.message = "prompts.txt:3: `steps`: no", .index = 2});
  told.reporter.set_aside(job(3), "the program crashed twice.");
  EXPECT_EQ(told.err.str(),
            "sfumato: error: prompts.txt:3: --steps: no\n"
            "sfumato: error: picture 4 (seed 7): the program crashed twice. It is set aside.\n");
}

TEST(Reporter, ShowsHowFarACheckIs) {
  Told told({}, /*is_terminal=*/true);
  told.reporter.checking(3, 4);
  EXPECT_EQ(told.err.str(), "\r[#######################.......] checked 3 of 4 pictures\x1b[K");
  told.err.forget();
  told.reporter.clear();
  EXPECT_EQ(told.err.str(), "\r\x1b[K");
}

TEST(Reporter, CountsAllThatBecameOfTheJobs) {
  Told told({});
  told.begin(9);
  told.finished(job(0), /*existing=*/true);
  told.finished(job(1));
  told.state.failed_line();
  told.state.set_aside(job(3));
  told.state.counts().imported = 1;
  told.state.counts().unclaimed = 2;
  told.wait(std::chrono::minutes(2));
  EXPECT_EQ(told.state.counts().summary(), "1 made, 1 already there, 1 failed, 1 set aside, 5 left");
  told.err.forget();
  told.done("");
  EXPECT_EQ(told.err.str(),
            "sfumato: 1 made, 1 already there, 1 failed, 1 set aside, 5 left, in 2.0 min\n"
            "sfumato: 1 picture had no line in a journal, and got one.\n"
            "sfumato: 2 pictures in the folder are of other jobs than these, and stayed as they are.\n"
            "sfumato: to try what was set aside again, add --retry.\n");
  EXPECT_EQ(told.out.str(), "out/cat.png\nout/cat.png\n");
}

TEST(Reporter, TellsOfNoEndWhenTheNumberOfJobsIsNotKnown) {
  Told told({}, /*is_terminal=*/true);
  told.reporter.planned(std::nullopt);
  told.reporter.started("tiny", "cpu");
  told.finished(job());
  told.wait(std::chrono::seconds(2));
  told.step(job(1), 2, 4);
  EXPECT_EQ(told.err.str(), "\r1 done, 45.0 a minute\x1b[K");
  EXPECT_EQ(told.state.counts().summary(), "1 made");
}

TEST(Reporter, TellsNoPathWhenThePictureItselfGoesToStandardOutput) {
  Told told({.paths = false});
  told.run();
  EXPECT_EQ(told.out.str(), "");
}

TEST(Reporter, EndsPathsWithNulOnRequest) {
  Told told({.path_end = PathEnd::nul});
  told.run();
  EXPECT_EQ(told.out.str(), std::string("out/cat.png\0", 12));
}

TEST(Reporter, LeavesNothingOfAStrangerRaw) {
  Told told({.verbose = true});
  told.reporter.started("\x1b[2Jmodel\xe2\x80\xae", "cpu");
  told.reporter.warn("a\nsfumato: error: forged");
  told.reporter.failed(BadLine{.message = "\xff: no such file"});
  EXPECT_EQ(told.err.str(),
            "sfumato: \\x1b[2Jmodel\\u202e on cpu, loaded in 0.00 s\n"
            "sfumato: warning: a\\nsfumato: error: forged\n"
            "sfumato: error: \\xff: no such file\n");
}

TEST(Reporter, EndsTheRunWhenNobodyCanReadItsResults) {
  Told told({});
  told.begin(1);
  told.out.close();
  EXPECT_EQ(error_of([&] { told.finished(job()); }),
            "io_error: standard output cannot be written to. The pictures made so far are safe.");
}

}  // namespace
}  // namespace sfumato

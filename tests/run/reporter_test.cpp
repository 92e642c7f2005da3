#include "run/reporter.h"

#include <gtest/gtest.h>

#include <sstream>

#include "error_of.h"

namespace sfumato {
namespace {

Job job() {
  GenerateOptions options;
  options.prompt = "a cat";
  options.steps = 4;
  options.seed = 7;
  return {.options = options, .output = "out/cat.png"};
}

// A reporter that writes to strings, with a clock that a test sets.
struct Told {
  explicit Told(const ReporterOptions& options) : reporter(out, err, options, [this] { return now; }) {}

  void wait(std::chrono::milliseconds time) { now += time; }
  // Two pictures of four steps, each step half a second; the first is made, the second fails.
  void run() {
    reporter.started(2, "tiny", "cpu, float32, 1 thread");
    for (std::size_t picture = 0; picture < 2; ++picture) {
      for (int step = 1; step <= 4; ++step) {
        wait(std::chrono::milliseconds(500));
        reporter.step(picture, step, 4);
      }
      if (picture == 0) reporter.finished(0, job(), "abc");
    }
    reporter.failed(1, job(), "not finite");
    reporter.done();
  }

  std::ostringstream out, err;
  std::chrono::steady_clock::time_point now;
  Reporter reporter;
};

TEST(Reporter, TellsPathsToProgramsAndTheRestToPeople) {
  Told told({});
  told.run();
  EXPECT_EQ(told.out.str(), "out/cat.png\n");
  EXPECT_EQ(told.err.str(), "sfumato: error: picture 2 (seed 7): not finite\nsfumato: 1 picture in 4.0 s, 1 failed\n");
  EXPECT_EQ(told.reporter.failures(), 1U);
}

TEST(Reporter, SaysHowFarItIsEveryFiveSecondsWithoutATerminal) {
  Told told({});
  told.reporter.started(3, "tiny", "cpu");
  for (int step = 1; step <= 12; ++step) {
    told.wait(std::chrono::seconds(1));
    told.reporter.step(1, step, 20);
  }
  EXPECT_EQ(told.err.str(), "sfumato: picture 2/3, step 5/20\nsfumato: picture 2/3, step 10/20\n");
}

TEST(Reporter, DrawsABarOnATerminal) {
  Told told({.terminal = true});
  told.reporter.started(1, "tiny", "cpu");
  told.wait(std::chrono::milliseconds(500));
  told.reporter.step(0, 1, 4);
  EXPECT_EQ(told.err.str(), "\r[########......................] step 1/4, 1.5 s left\x1b[K");
  told.wait(std::chrono::milliseconds(1500));
  told.reporter.step(0, 4, 4);
  told.err.str("");
  told.reporter.finished(0, job(), "abc");
  EXPECT_EQ(told.err.str(), "\r\x1b[K");
}

TEST(Reporter, CountsPicturesInTheBarWhenThereAreSeveral) {
  Told told({.terminal = true});
  told.reporter.started(2, "tiny", "cpu");
  told.reporter.finished(0, job(), "abc");
  told.wait(std::chrono::seconds(3));
  told.reporter.step(1, 2, 4);
  EXPECT_EQ(told.err.str(), "\r[#######################.......] picture 2/2, step 2/4, 1.0 s left\x1b[K");
}

TEST(Reporter, RemovesTheBarBeforeAWarning) {
  Told told({.terminal = true});
  told.reporter.started(1, "tiny", "cpu");
  told.reporter.step(0, 1, 4);
  told.err.str("");
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
  told.reporter.started(1, "tiny", "cpu, float32, 1 thread");
  EXPECT_EQ(told.err.str(), "sfumato: tiny on cpu, float32, 1 thread, loaded in 1.23 s\n");
}

TEST(Reporter, TellsEventsAsLinesOfJson) {
  Told told({.json = true, .quiet = true});
  told.run();
  EXPECT_EQ(told.out.str(),
            R"({"event":"start","pictures":2,"model":"tiny","runtime":"cpu, float32, 1 thread"}
{"event":"step","picture":1,"step":1,"steps":4}
{"event":"step","picture":1,"step":2,"steps":4}
{"event":"step","picture":1,"step":3,"steps":4}
{"event":"step","picture":1,"step":4,"steps":4}
{"event":"image","picture":1,"path":"out/cat.png","key":"abc","prompt":"a cat","negative_prompt":"","seed":7,"steps":4,"cfg_scale":3.0,"sampling_method":"dpm++2m","scheduler":"karras","eta":0.0,"width":128,"height":128}
{"event":"step","picture":2,"step":1,"steps":4}
{"event":"step","picture":2,"step":2,"steps":4}
{"event":"step","picture":2,"step":3,"steps":4}
{"event":"step","picture":2,"step":4,"steps":4}
{"event":"failed","picture":2,"reason":"not finite"}
{"event":"done","made":1,"failed":1,"seconds":4.0}
)");
}

TEST(Reporter, TellsNoPathWhenThePictureItselfGoesToStandardOutput) {
  Told told({.paths = false});
  told.run();
  EXPECT_EQ(told.out.str(), "");
}

TEST(Reporter, EndsTheRunWhenNobodyCanReadItsResults) {
  Told told({});
  told.reporter.started(1, "tiny", "cpu");
  told.out.setstate(std::ios::badbit);
  EXPECT_EQ(error_of([&] { told.reporter.finished(0, job(), "abc"); }),
            "74: standard output cannot be written to. The pictures made so far are safe.");
}

}  // namespace
}  // namespace sfumato

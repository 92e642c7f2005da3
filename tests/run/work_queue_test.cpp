#include "run/work_queue.h"

#include <gtest/gtest.h>

#include <csignal>

#include "test_folder.h"
#include "text_console.h"

namespace sfumato {
namespace {

// Jobs that are written one by one while the queue looks on.
class SlowStream : public JobStream {
 public:
  [[nodiscard]] std::optional<Item> next() override {
    EXPECT_TRUE(ready(std::chrono::milliseconds(0))) << "this would block";
    if (written_.empty()) return std::nullopt;
    Item item = std::move(written_.front());
    written_.pop_front();
    return item;
  }
  [[nodiscard]] bool ready(std::chrono::milliseconds patience) override {
    if (patience.count() > 0 && written_.empty() && on_wait) on_wait();
    return is_finished || !written_.empty();
  }
  [[nodiscard]] std::optional<JobCount> count() override { return std::nullopt; }

  void write(std::uint64_t seed) {
    Job job{.index = index_++};
    job.options.seed = seed;
    written_.emplace_back(std::move(job));
  }

  bool is_finished = false;
  std::function<void()> on_wait;

 private:
  std::deque<Item> written_;
  std::uint64_t index_ = 0;
};

struct Queue {
  Queue()
      : names((test_folder() / "out").string() + "/", /*several=*/true),
        destination(names, provenance.model_digest, {.several = true}),
        stop({}, &std::chrono::steady_clock::now, [this] { return signal; }),
        state(std::nullopt),
        reporter(out, err, {}, &std::chrono::steady_clock::now),
        queue(stream, provenance, destination, {}, stop, state, reporter) {}

  // "seed 7", "none yet", "no more"
  std::string next(bool may_wait) {
    const NextAssignment result = queue.next(may_wait);
    if (std::holds_alternative<NoneYet>(result)) return "none yet";
    if (std::holds_alternative<NoMoreJobs>(result)) return "no more";
    return "seed " + std::to_string(std::get<Assignment>(result).job.options.seed);
  }

  SlowStream stream;
  Provenance provenance{.model_name = "tiny", .model_digest = std::string(64, 'f'), .dtype = "float32"};
  OutputNames names;
  Destination destination;
  int signal = 0;
  StopPolicy stop;
  RunState state;
  TextConsole out, err;
  Reporter reporter;
  WorkQueue queue;
};

TEST(WorkQueue, NeverWaitsForAStreamWhilePicturesAreInFlight) {
  Queue queue;
  EXPECT_EQ(queue.next(/*may_wait=*/false), "none yet");
  queue.stream.write(7);
  EXPECT_EQ(queue.next(/*may_wait=*/false), "seed 7");
  EXPECT_EQ(queue.next(/*may_wait=*/false), "none yet");
  queue.stream.is_finished = true;
  EXPECT_EQ(queue.next(/*may_wait=*/false), "no more");
}

TEST(WorkQueue, WaitsForAStreamWhenNothingIsInFlight) {
  Queue queue;
  int waits = 0;
  queue.stream.on_wait = [&] {
    if (++waits == 3) queue.stream.write(5);
  };
  EXPECT_EQ(queue.next(/*may_wait=*/true), "seed 5");
  EXPECT_EQ(waits, 3);
}

TEST(WorkQueue, StopsWaitingWhenTheRunStops) {
  Queue queue;
  int waits = 0;
  queue.stream.on_wait = [&] {
    if (++waits == 2) queue.signal = SIGINT;
  };
  EXPECT_EQ(queue.next(/*may_wait=*/true), "no more");
  EXPECT_EQ(waits, 2);
  EXPECT_EQ(queue.stop.reason(), "stopped by Ctrl-C");
}

TEST(WorkQueue, GivesAPictureThatCannotBeMadeToAllThatKeepAccount) {
  Queue queue;
  queue.stream.write(7);
  const NextAssignment next = queue.queue.next(/*may_wait=*/false);
  queue.queue.fail(std::get<Assignment>(next), Error(ErrorKind::bad_data, "`init_img`: not an image."));
  EXPECT_EQ(queue.state.counts().failed, 1U);
  EXPECT_EQ(queue.state.last_failure(), ErrorKind::bad_data);
  EXPECT_EQ(queue.err.str(), "sfumato: error: picture 1 (seed 7): --init-img: not an image.\n");
}

}  // namespace
}  // namespace sfumato

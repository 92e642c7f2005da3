#include "run/work_queue.h"

#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <stdexcept>

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

// A model for each word: "m" has a digest of m.
class Models : public RunModels {
 public:
  [[nodiscard]] const Provenance& provenance(const ModelRef& model) override {
    Provenance& of = provenances_[model.name];
    of = {.model_name = "tiny",
          .model_digest = std::string(64, model.name.empty() ? 'f' : model.name.front()),
          .dtype = "float32"};
    return of;
  }
  [[nodiscard]] Generator load(const ModelRef&) override { throw std::logic_error("nothing is drawn"); }
  [[nodiscard]] std::uint64_t bytes(const ModelRef&) override { return 0; }
  [[nodiscard]] std::vector<std::string> digests() override { return {}; }
  [[nodiscard]] bool is_one() const override { return is_alone; }
  [[nodiscard]] bool has_list() const override { return !is_alone; }

  bool is_alone = true;

 private:
  std::map<std::string, Provenance> provenances_;
};

struct Queue {
  Queue()
      : names((test_folder() / "out").string() + "/", /*several=*/true),
        destination(names, models.provenance({}).model_digest, {.several = true}),
        stop({}, &std::chrono::steady_clock::now, [this] { return signal; }),
        state(std::nullopt),
        reporter(out, err, {}, &std::chrono::steady_clock::now),
        queue(stream, models, destination, {}, stop, state, reporter) {}

  // "seed 7", "none yet", "no more"
  std::string next(bool may_wait) {
    const NextAssignment result = queue.next(may_wait);
    if (std::holds_alternative<NoneYet>(result)) return "none yet";
    if (std::holds_alternative<NoMoreJobs>(result)) return "no more";
    return "seed " + std::to_string(std::get<Assignment>(result).job.options.seed);
  }

  SlowStream stream;
  Models models;
  OutputNames names;
  Destination destination;
  int signal = 0;
  StopPolicy stop;
  RunState state;
  TextConsole out, err;
  Reporter reporter;
  WorkQueue queue;
};

// Four jobs of two models, which can be read again.
class TwoModels : public JobStream {
 public:
  [[nodiscard]] std::optional<Item> next() override {
    if (index_ == 5) return std::nullopt;
    if (index_ == 2) return BadLine{.message = "p.txt:3: bad.", .index = index_++};
    Job job{.index = index_};
    job.options.seed = index_;
    job.model.name = index_++ % 2 == 0 ? "b" : "a";
    return job;
  }
  [[nodiscard]] bool rewind() override {
    index_ = 0;
    return true;
  }
  [[nodiscard]] std::optional<JobCount> count() override { return std::nullopt; }

 private:
  std::uint64_t index_ = 0;
};

TEST(WorkQueue, GivesTheJobsOfOneModelAfterTheOther) {
  Queue queue;
  queue.models.is_alone = false;
  TwoModels jobs;
  WorkQueue passes(jobs, queue.models, queue.destination, {}, queue.stop, queue.state, queue.reporter);
  const auto all = [&] {
    std::string text;
    for (NextAssignment next = passes.next(true); std::holds_alternative<Assignment>(next); next = passes.next(true)) {
      const Assignment& assignment = std::get<Assignment>(next);
      text += assignment.job.model.name + std::to_string(assignment.job.index) + " ";
    }
    return text;
  };
  EXPECT_EQ(all(), "b0 b4 ");
  EXPECT_TRUE(passes.next_model());
  EXPECT_EQ(all(), "a1 a3 ");
  EXPECT_FALSE(passes.next_model());
  EXPECT_EQ(queue.state.counts().failed, 1U) << "a bad line fails once";
}

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

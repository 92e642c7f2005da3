#include "run/stop_policy.h"

#include <gtest/gtest.h>

#include <csignal>

#include "run/exit_code.h"

namespace sfumato {
namespace {

using Decision = StopPolicy::Decision;

// A policy whose clock and signals a test sets.
struct Stop {
  explicit Stop(const StopOptions& options) : policy(options, [this] { return now; }, [this] { return signal; }) {}

  void wait(double seconds) {
    now += std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
  }

  std::chrono::steady_clock::time_point now;
  int signal = 0;
  StopPolicy policy;
};

TEST(StopPolicy, LetsARunGoOn) {
  Stop stop({});
  stop.wait(1e6);
  EXPECT_FALSE(stop.policy.is_stopping());
  EXPECT_EQ(stop.policy.decide(1e6, 1, 1000), Decision::go_on);
}

TEST(StopPolicy, FinishesAPictureThatFitsTheGraceTimeAndDropsAnother) {
  Stop stop({.grace = 20});
  stop.wait(10);
  stop.signal = SIGINT;
  EXPECT_EQ(stop.policy.decide(10, 10, 30), Decision::go_on);  // a second a step: 20 s left
  EXPECT_EQ(stop.policy.decide(10, 10, 31), Decision::drop);   // 21 s left
  stop.wait(15);
  EXPECT_EQ(stop.policy.decide(10, 10, 15), Decision::go_on);  // 5 s left of the grace time
  EXPECT_EQ(stop.policy.decide(10, 10, 16), Decision::drop);
}

// heun's first evaluation is half a step: what it took says what the others take.
TEST(StopPolicy, FinishesAPictureThatIsInItsFirstHalfStep) {
  Stop stop({.grace = 20});
  stop.signal = SIGINT;
  EXPECT_EQ(stop.policy.decide(1, 1, 5), Decision::go_on);
  EXPECT_EQ(stop.policy.decide(1, 1, 21), Decision::go_on);
  EXPECT_EQ(stop.policy.decide(1, 1, 23), Decision::drop);
}

TEST(StopPolicy, EndsAsTheSignalSays) {
  const auto end = [](int signal) {
    Stop stop({});
    stop.signal = signal;
    EXPECT_TRUE(stop.policy.is_stopping());
    return std::pair(stop.policy.reason(), static_cast<int>(exit_code_of(stop.policy.kind())));
  };
  EXPECT_EQ(end(SIGINT), std::pair(std::string("stopped by Ctrl-C"), 130));
  EXPECT_EQ(end(SIGTERM), std::pair(std::string("stopped by SIGTERM"), 143));
  EXPECT_EQ(end(SIGUSR1), std::pair(std::string("stopped by SIGUSR1"), 143));
  EXPECT_EQ(end(SIGHUP), std::pair(std::string("stopped: the terminal is gone"), 129));
}

TEST(StopPolicy, StopsAtTheTimeLimitAsAtASignal) {
  Stop stop({.grace = 5, .time_limit = 60});
  stop.wait(59.9);
  EXPECT_FALSE(stop.policy.is_stopping());
  stop.wait(0.2);
  EXPECT_TRUE(stop.policy.is_stopping());
  EXPECT_EQ(stop.policy.kind(), ErrorKind::stopped_early);
  EXPECT_EQ(stop.policy.decide(10, 10, 14), Decision::go_on);
  EXPECT_EQ(stop.policy.decide(10, 10, 20), Decision::drop);
}

TEST(StopPolicy, EndsAPictureThatTakesTooLong) {
  Stop stop({.job_timeout = 3});
  EXPECT_EQ(stop.policy.decide(2.9, 1, 1000), Decision::go_on);
  EXPECT_EQ(stop.policy.decide(3.1, 1, 1000), Decision::time_out);
  EXPECT_FALSE(stop.policy.is_stopping());
}

TEST(StopPolicy, StopsAtAFailureOnlyWhenAsked) {
  Stop patient({});
  patient.policy.failed();
  EXPECT_FALSE(patient.policy.is_stopping());
  Stop strict({.fail_fast = true});
  strict.policy.failed();
  EXPECT_TRUE(strict.policy.is_stopping());
  EXPECT_EQ(strict.policy.kind(), ErrorKind::failed_fast);
}

TEST(StopPolicy, KeepsTheFirstReason) {
  Stop stop({.time_limit = 1});
  stop.signal = SIGTERM;
  EXPECT_TRUE(stop.policy.is_stopping());
  stop.wait(2);
  EXPECT_TRUE(stop.policy.is_stopping());
  EXPECT_EQ(stop.policy.reason(), "stopped by SIGTERM");
}

}  // namespace
}  // namespace sfumato

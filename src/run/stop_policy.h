// When a run ends before its jobs do, and what becomes of the pictures in flight.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "sfumato/error.h"

namespace sfumato {

struct StopOptions {
  double grace = 20;                    // seconds for the pictures in flight, once the run is to stop
  std::optional<double> time_limit{};   // seconds of the whole run
  std::optional<double> job_timeout{};  // seconds of one picture
  bool fail_fast = false;               // the first failure stops the run
};

class StopPolicy {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  using Signal = std::function<int()>;  // received_signal()

  StopPolicy(const StopOptions& options, Clock clock, Signal signal);

  // Looks at the signals and at the clock. Once it says true it goes on saying it: no new picture is begun.
  bool is_stopping();
  // A picture failed.
  void failed();

  // Of a picture in flight after a step: whether it goes on. seconds: since it began.
  enum class Verdict { go_on, drop, timed_out };
  Verdict judge(double seconds, int step, int steps);

  // Once it is stopping: why, "stopped by Ctrl-C", and the kind of the error.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] ErrorKind kind() const { return kind_; }

 private:
  [[nodiscard]] double seconds() const;
  void stop(const std::string& reason, ErrorKind kind);

  StopOptions options_;
  Clock clock_;
  Signal signal_;
  std::chrono::steady_clock::time_point begin_;
  std::string reason_;
  ErrorKind kind_ = ErrorKind::stopped_early;
  std::optional<double> stopped_at_;  // seconds
};

}  // namespace sfumato

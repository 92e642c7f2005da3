// When a run ends before its jobs do, and what becomes of the pictures in flight then.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "sfumato/error.h"

namespace sfumato {

struct StopOptions {
  double grace = 20;                    // seconds for the pictures in flight once the run stops
  std::optional<double> time_limit{};   // seconds for the whole run
  std::optional<double> job_timeout{};  // seconds for one picture
  bool fail_fast = false;               // the first failure stops the run
};

class StopPolicy {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  using Signal = std::function<int()>;  // received_signal()

  StopPolicy(const StopOptions& options, Clock clock, Signal signal);

  // Looks at the signals and at the clock. Once true it stays true: no new picture begins.
  bool is_stopping();
  // A picture failed.
  void failed();

  // What becomes of a picture in flight after an evaluation of the network, counted from 1: those that have ended say
  // how long the others take. seconds: since the picture began.
  enum class Decision { go_on, drop, time_out };
  Decision decide(double seconds, int evaluation, int evaluations);

  // Once it is stopping: why, such as "stopped by Ctrl-C", and the kind of the run's error.
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

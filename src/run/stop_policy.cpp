#include "run/stop_policy.h"

#include "base/signals.h"

namespace sfumato {

StopPolicy::StopPolicy(const StopOptions& options, Clock clock, Signal signal)
    : options_(options), clock_(std::move(clock)), signal_(std::move(signal)), begin_(clock_()) {}

double StopPolicy::seconds() const { return std::chrono::duration<double>(clock_() - begin_).count(); }

void StopPolicy::stop(const std::string& reason, ErrorKind kind) {
  if (stopped_at_) return;
  reason_ = reason;
  kind_ = kind;
  stopped_at_ = seconds();
}

bool StopPolicy::is_stopping() {
  if (const int signal = signal_(); signal != 0) stop(words_for_signal(signal), error_kind_of_signal(signal));
  if (options_.time_limit && seconds() >= *options_.time_limit) {
    stop("stopped by `time_limit`", ErrorKind::stopped_early);
  }
  return stopped_at_.has_value();
}

void StopPolicy::failed() {
  if (options_.fail_fast) stop("stopped by `fail_fast`", ErrorKind::failed_fast);
}

StopPolicy::Decision StopPolicy::decide(double seconds_of_picture, int evaluation, int evaluations) {
  if (options_.job_timeout && seconds_of_picture > *options_.job_timeout) return Decision::time_out;
  if (!is_stopping()) return Decision::go_on;
  const double left = seconds_of_picture / evaluation * (evaluations - evaluation);
  return seconds() + left <= *stopped_at_ + options_.grace ? Decision::go_on : Decision::drop;
}

}  // namespace sfumato

// For a picture that hangs: in the middle of a step nobody can take the work away from LibTorch, so the process leaves.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace sfumato {

class Watchdog {
 public:
  // seconds: --job-timeout; without it there is no watchdog. When pictures are in flight and no step ends within twice
  // that time and five seconds more, the process says so and ends with ErrorKind::stopped_early, without any more ado:
  // the same command goes on, and a picture at which this happens twice is set aside.
  explicit Watchdog(std::optional<double> seconds);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // A step ended, or a picture began.
  void beat();
  // idle: no picture is in flight.
  void rest(bool idle);

 private:
  void watch(std::chrono::duration<double> patience);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::chrono::steady_clock::time_point> last_beat_;  // nothing: nobody is at work
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace sfumato

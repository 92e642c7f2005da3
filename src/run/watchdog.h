// For a picture that hangs: nothing can interrupt LibTorch in the middle of a step, so the process ends itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace sfumato {

class Watchdog {
 public:
  using Seconds = std::chrono::duration<double>;

  // Twice `job_timeout`, in seconds, and five seconds more: pictures that are merely slow end before.
  [[nodiscard]] static std::optional<Seconds> patience_for(std::optional<double> job_timeout);

  // patience: without a beat for that long, while pictures are in flight, the process says so and ends at once with
  // ExitCode::stopped_early. The journal gets the hang as its cause. The same command goes on; a picture at which this
  // happens twice is set aside. nullopt: no watchdog.
  explicit Watchdog(std::optional<Seconds> patience);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // A step has ended, or a picture begins.
  void beat();
  // No picture is in flight.
  void rest();

 private:
  void watch(Seconds patience);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::chrono::steady_clock::time_point> last_beat_;  // nullopt: at rest
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace sfumato

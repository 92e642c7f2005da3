#include "run/watchdog.h"

#include <unistd.h>

#include <string>

#include "sfumato/error.h"

namespace sfumato {

using Clock = std::chrono::steady_clock;

Watchdog::Watchdog(std::optional<double> seconds) {
  if (seconds) thread_ = std::thread([this, seconds] { watch(std::chrono::duration<double>(2 * *seconds + 5)); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::beat() {
  const std::lock_guard lock(mutex_);
  last_beat_ = Clock::now();
}

void Watchdog::rest(bool idle) {
  const std::lock_guard lock(mutex_);
  if (idle) last_beat_.reset();
}

void Watchdog::watch(std::chrono::duration<double> patience) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(200), [this] { return ended_; })) {
    if (!last_beat_ || Clock::now() - *last_beat_ < patience) continue;
    const std::string words =
        "\nsfumato: error: a picture has not moved for " + std::to_string(static_cast<int>(patience.count())) +
        " s. The process gives up; the same command goes on, and sets it aside if it hangs twice.\n";
    static_cast<void>(!write(STDERR_FILENO, words.data(), words.size()));
    _exit(static_cast<int>(ErrorKind::stopped_early));
  }
}

}  // namespace sfumato

#include "run/watchdog.h"

#include <unistd.h>

#include <string>

#include "base/console.h"
#include "base/crash.h"
#include "output/deaths.h"
#include "run/exit_code.h"

namespace sfumato {

using Clock = std::chrono::steady_clock;

std::optional<Watchdog::Seconds> Watchdog::patience_for(std::optional<double> job_timeout) {
  return job_timeout ? std::optional(Seconds(2 * *job_timeout + 5)) : std::nullopt;
}

Watchdog::Watchdog(std::optional<Seconds> patience) {
  if (patience) thread_ = std::thread([this, patience] { watch(*patience); });
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

void Watchdog::rest() {
  const std::lock_guard lock(mutex_);
  last_beat_.reset();
}

void Watchdog::watch(Seconds patience) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(200), [this] { return ended_; })) {
    if (!last_beat_ || Clock::now() - *last_beat_ < patience) continue;
    const std::string message =
        "\nsfumato: error: a picture has not moved for " + std::to_string(static_cast<int>(patience.count())) +
        " s. The process gives up; the same command goes on, and sets it aside if it hangs twice.\n";
    write_error_now(message.c_str());
    write_crash(kHang);
    _exit(static_cast<int>(ExitCode::stopped_early));
  }
}

}  // namespace sfumato

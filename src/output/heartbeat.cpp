#include "output/heartbeat.h"

#include <sys/stat.h>

#include <csignal>
#include <system_error>

namespace sfumato {

Heartbeat::Heartbeat(int descriptor, std::chrono::milliseconds interval) {
  // Signals go to the threads that do the work: they interrupt what waits there.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this, descriptor, interval] { beat(descriptor, interval); });
  } catch (const std::system_error&) {
    // Its own entries are then the signs of life of the file.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }
  end_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Heartbeat::beat(int descriptor, std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!end_.wait_for(lock, interval, [this] { return has_ended_; })) {
    // With the lock: a file that says that its process ended is not touched any more.
    static_cast<void>(futimens(descriptor, nullptr));
  }
}

}  // namespace sfumato

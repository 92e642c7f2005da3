// A sign of life for processes that cannot see a lock: the modification time of a file, set to now again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace sfumato {

inline constexpr std::chrono::milliseconds kHeartbeat = std::chrono::seconds(30);

// Beats on a thread of its own, however long a step of the work takes, until it is destroyed.
class Heartbeat {
 public:
  // The descriptor must be open for writing, and stay open. Ignored: a file system that does not set times, and a
  // system that gives no thread; then only the file's own entries show life.
  Heartbeat(int descriptor, std::chrono::milliseconds interval);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  void beat(int descriptor, std::chrono::milliseconds interval);

  std::mutex mutex_;
  std::condition_variable end_;
  bool has_ended_ = false;
  std::thread thread_;
};

}  // namespace sfumato

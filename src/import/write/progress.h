// Progress and stop flag of a copy, shared by the threads that write and the one that reports.
#pragma once

#include <atomic>
#include <cstdint>

namespace sfumato {

struct Progress {
  std::atomic<std::uint64_t> written = 0;  // bytes of weights
  std::atomic<bool> stop = false;          // a writer that sees it stops with Error(stopped_early)
};

}  // namespace sfumato

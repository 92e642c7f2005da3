#include "base/fault.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <string_view>

#include "base/console.h"

namespace sfumato {
namespace {

// The fault that SFUMATO_FAULT names. Read without allocating, because malloc is one of the points.
struct Fault {
  std::string_view point, action;
  std::uint64_t number = 0;  // N, or the seed
  bool by_seed = false;
  bool persistent = false;
};

Fault read_fault() {
  const char* variable = std::getenv("SFUMATO_FAULT");
  if (variable == nullptr) return {};
  const std::string_view text = variable;
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == last) {
    write_error_now("SFUMATO_FAULT: POINT:N:ACTION is expected\n");
    std::_Exit(64);
  }
  Fault fault{.point = text.substr(0, first), .action = text.substr(last + 1)};
  std::string_view when = text.substr(first + 1, last - first - 1);
  fault.by_seed = when.starts_with("seed=");
  if (fault.by_seed) when.remove_prefix(5);
  std::from_chars(when.data(), when.data() + when.size(), fault.number);
  fault.persistent = fault.action.ends_with('!');
  if (fault.persistent) fault.action.remove_suffix(1);
  return fault;
}

const Fault& requested() {
  static const Fault instance = read_fault();
  return instance;
}

std::atomic<std::uint64_t> times{0};
// Allocations count from the first other point on: before that, libraries initialise themselves.
std::atomic<bool> begun{false};

bool is_due(std::string_view point, std::uint64_t seed) {
  const Fault& fault = requested();
  if (fault.point != point) return false;
  if (fault.by_seed) return seed == fault.number;
  const std::uint64_t time = ++times;
  return fault.persistent ? time >= fault.number : time == fault.number;
}

bool act(std::string_view action) {
  if (action == "kill") kill(getpid(), SIGKILL);
  if (action == "segv") raise(SIGSEGV);
  if (action == "terminate") std::terminate();
  if (action == "hang") {
    for (;;) pause();
  }
  if (action == "oom") throw std::bad_alloc();
  if (action == "cuda") throw std::runtime_error("CUDA error: an illegal memory access was encountered");
  errno = action == "enospc" ? ENOSPC : EIO;
  return true;
}

void* allocate(std::size_t bytes) {
  if (begun && is_due("malloc", 0)) act(requested().action);
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

bool fault(const char* point, std::uint64_t seed) {
  begun = true;
  return is_due(point, seed) && act(requested().action);
}

}  // namespace sfumato

void* operator new(std::size_t bytes) { return sfumato::allocate(bytes); }
void* operator new[](std::size_t bytes) { return sfumato::allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

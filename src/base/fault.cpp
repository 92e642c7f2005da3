#include "base/fault.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string_view>

namespace sfumato {
namespace {

// What SFUMATO_FAULT asks for. Plain data that is read without allocating: malloc is one of the points.
struct Wanted {
  std::string_view point, action;
  std::uint64_t number = 0;  // the time, or the seed
  bool by_seed = false;
  bool persistent = false;
};

Wanted read_wanted() {
  const char* variable = std::getenv("SFUMATO_FAULT");
  if (variable == nullptr) return {};
  const std::string_view text = variable;
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (first == last) {
    std::fputs("SFUMATO_FAULT: POINT:N:ACTION is wanted\n", stderr);
    std::_Exit(64);
  }
  Wanted wanted{.point = text.substr(0, first), .action = text.substr(last + 1)};
  std::string_view when = text.substr(first + 1, last - first - 1);
  wanted.by_seed = when.starts_with("seed=");
  if (wanted.by_seed) when.remove_prefix(5);
  std::from_chars(when.data(), when.data() + when.size(), wanted.number);
  wanted.persistent = wanted.action.ends_with('!');
  if (wanted.persistent) wanted.action.remove_suffix(1);
  return wanted;
}

const Wanted& wanted() {
  static const Wanted instance = read_wanted();
  return instance;
}

std::atomic<std::uint64_t> times{0};
std::atomic<bool> begun{
    false};  // memory is counted from the first other point on: before that, libraries set themselves up

bool is_due(std::string_view point, std::uint64_t seed) {
  const Wanted& w = wanted();
  if (w.point != point) return false;
  if (w.by_seed) return seed == w.number;
  const std::uint64_t time = ++times;
  return w.persistent ? time >= w.number : time == w.number;
}

bool act(std::string_view action) {
  if (action == "kill") kill(getpid(), SIGKILL);
  if (action == "hang") {
    for (;;) pause();
  }
  if (action == "oom") throw std::bad_alloc();
  if (action == "cuda") throw std::runtime_error("CUDA error: an illegal memory access was encountered");
  errno = action == "enospc" ? ENOSPC : EIO;
  return true;
}

void* allocate(std::size_t bytes) {
  if (begun && is_due("malloc", 0)) act(wanted().action);
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

bool fault(const char* point, std::uint64_t seed) {
  begun = true;
  return is_due(point, seed) && act(wanted().action);
}

}  // namespace sfumato

void* operator new(std::size_t bytes) { return sfumato::allocate(bytes); }
void* operator new[](std::size_t bytes) { return sfumato::allocate(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

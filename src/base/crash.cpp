#include "base/crash.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <utility>

namespace sfumato {
namespace {

struct Crash {
  int signal;
  const char* name;
};
constexpr std::array<Crash, 5> kCrashes = {
    {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"}}};
constexpr std::size_t kStack = std::size_t{64} << 10;
constexpr std::size_t kMaxLine = 256;

// Lock-free, so that a signal handler may read them.
std::atomic<int> journal{-1};
std::atomic<const char*> phase{""};
std::atomic<BusErrorReport> bus_error_report{nullptr};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<const char*>::is_always_lock_free);

std::array<struct sigaction, kCrashes.size()> previous;  // of a sanitizer, or the system's
alignas(std::max_align_t) std::array<std::byte, kStack> handler_stack;

// Only what POSIX allows in a signal handler, here and below.
class Line {
 public:
  Line& operator+=(std::string_view text) {
    for (const char c : text) {
      if (length_ < text_.size()) text_[length_++] = c;
    }
    return *this;
  }
  void write_to(int descriptor) const { static_cast<void>(!write(descriptor, text_.data(), length_)); }

 private:
  std::array<char, kMaxLine> text_;
  std::size_t length_ = 0;
};

extern "C" void on_crash(int signal, siginfo_t* info, void*) {
  const bool from_kernel = info->si_code > 0;
  const bool from_outside = !from_kernel && info->si_pid != getpid();
  if (const BusErrorReport report = bus_error_report; report != nullptr && signal == SIGBUS && from_kernel) {
    report(info->si_addr);
  }
  for (std::size_t i = 0; i < kCrashes.size(); ++i) {
    if (kCrashes[i].signal != signal) continue;
    if (!from_outside) write_crash(kCrashes[i].name);
    sigaction(signal, &previous[i], nullptr);
  }
  // Otherwise the instruction that failed is repeated and fails again, so that a core dump shows it. This signal waits
  // until the handler has returned.
  if (!from_kernel) raise(signal);
}

}  // namespace

void report_crashes() {
  static bool is_reporting = false;
  if (std::exchange(is_reporting, true)) return;
  const stack_t stack{.ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_sigaction = &on_crash;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < kCrashes.size(); ++i) sigaction(kCrashes[i].signal, &action, &previous[i]);
}

void set_crash_journal(int descriptor) { journal = descriptor; }

void set_crash_phase(const char* name) { phase = name; }

void write_crash(const char* cause) {
  const int descriptor = journal;
  if (descriptor < 0) return;
  Line line;
  line += R"({"event":"crashed","cause":")";
  line += cause;
  line += R"(","phase":")";
  line += phase.load();
  line += "\"}\n";
  line.write_to(descriptor);
}

void set_bus_error_report(BusErrorReport report) { bus_error_report = report; }

}  // namespace sfumato

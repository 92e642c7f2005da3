#include "base/signals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/console.h"

namespace sfumato {
namespace {

volatile std::sig_atomic_t is_watching = 0;
volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t journal_fd = -1;
volatile std::sig_atomic_t is_terminal = 0;

// Few files are half-made at a time; those for which there is no slot stay.
struct Slot {
  std::atomic<char*> name = nullptr;
  std::atomic<int> folder = -1;
};
std::array<Slot, 16> removed;

const char* reason_of(int signal) {
  switch (signal) {
    case SIGINT:
      return "stopped by Ctrl-C";
    case SIGHUP:
      return "stopped: the terminal is gone";
    case SIGUSR1:
      return "stopped by SIGUSR1";
    default:
      return "stopped by SIGTERM";
  }
}

// Only what POSIX allows in a signal handler.
void write_error(const char* where, const char* colon, const char* what) {
  if (is_terminal != 0) write_error_now("\r\x1b[K");
  for (const char* text : {"sfumato: error: ", where, colon, what, ".\n"}) write_error_now(text);
}

[[noreturn]] void leave(int status) {
  for (const Slot& slot : removed) {
    const char* name = slot.name;
    if (name != nullptr) static_cast<void>(unlinkat(slot.folder, name, 0));
  }
  if (journal_fd >= 0) static_cast<void>(fchmod(journal_fd, S_IRUSR | S_IRGRP | S_IROTH));
  _exit(status);
}

extern "C" void on_signal(int signal) {
  if (is_watching != 0 && received == 0) {
    received = signal;
    return;
  }
  if (is_watching == 0) write_error("", "", reason_of(signal));
  leave(128 + (signal == SIGUSR1 ? SIGTERM : signal));
}

}  // namespace

void leave_on_signals() {
  is_terminal = standard_error().is_terminal() ? 1 : 0;
  struct sigaction action{};
  action.sa_handler = &on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  struct sigaction hang_up{};
  sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void watch_signals() { is_watching = 1; }

void leave_on_signals_again() { is_watching = 0; }

int received_signal() { return received; }

std::string words_for_signal(int signal) { return reason_of(signal); }

ErrorKind error_kind_of_signal(int signal) {
  if (signal == SIGINT) return ErrorKind::interrupted;
  return signal == SIGHUP ? ErrorKind::hung_up : ErrorKind::terminated;
}

void make_read_only_when_leaving(int descriptor) { journal_fd = descriptor; }

RemovedWhenLeaving::RemovedWhenLeaving(int folder, const std::string& name) {
  char* const copy = strdup(name.c_str());
  for (std::size_t i = 0; copy != nullptr && i < removed.size(); ++i) {
    int unused = -1;
    if (!removed[i].folder.compare_exchange_strong(unused, folder)) continue;
    removed[i].name = copy;
    slot_ = static_cast<int>(i);
    return;
  }
  std::free(copy);
}

void RemovedWhenLeaving::keep() {
  if (slot_ < 0) return;
  Slot& slot = removed[static_cast<std::size_t>(std::exchange(slot_, -1))];
  char* const name = slot.name.exchange(nullptr);
  slot.folder = -1;
  std::free(name);
}

void leave_with_error(int status, const char* where, const char* what) {
  write_error(where, ": ", what);
  leave(status);
}

void throw_if_interrupted() {
  if (received != 0) {
    throw Error(error_kind_of_signal(received), words_for_signal(received) + ". Nothing half-made was written.");
  }
}

}  // namespace sfumato

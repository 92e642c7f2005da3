#include "base/signals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace sfumato {
namespace {

volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t descriptor_to_close = -1;

extern "C" void remember(int signal) {
  if (received != 0) {
    if (descriptor_to_close >= 0) static_cast<void>(fchmod(descriptor_to_close, S_IRUSR | S_IRGRP | S_IROTH));
    _exit(128 + (signal == SIGUSR1 ? SIGTERM : signal));
  }
  received = signal;
}

}  // namespace

void watch_signals() {
  struct sigaction action{};
  action.sa_handler = &remember;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  struct sigaction hang_up{};
  sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int received_signal() { return received; }

std::string words_for_signal(int signal) {
  if (signal == SIGINT) return "stopped by Ctrl-C";
  if (signal == SIGHUP) return "stopped: the terminal is gone";
  return signal == SIGUSR1 ? "stopped by SIGUSR1" : "stopped by SIGTERM";
}

ErrorKind error_kind_of_signal(int signal) {
  if (signal == SIGINT) return ErrorKind::interrupted;
  return signal == SIGHUP ? ErrorKind::hung_up : ErrorKind::terminated;
}

void make_read_only_when_leaving(int descriptor) { descriptor_to_close = descriptor; }

void throw_if_interrupted() {
  if (received != 0) {
    throw Error(error_kind_of_signal(received), words_for_signal(received) + ". Nothing half-made was written.");
  }
}

}  // namespace sfumato

#include "run/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "sfumato/error.h"

namespace sfumato {
namespace {

volatile std::sig_atomic_t received = 0;

extern "C" void remember(int signal) {
  if (received != 0) _exit(128 + signal);
  received = signal;
}

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = &remember;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction hang_up {};
  sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void throw_if_interrupted() {
  if (received == SIGINT) throw Error(ExitCode::interrupted, "stopped by Ctrl-C. Nothing half-made was written.");
  if (received == SIGTERM) throw Error(ExitCode::terminated, "stopped by SIGTERM. Nothing half-made was written.");
  if (received == SIGHUP)
    throw Error(ExitCode::hung_up, "stopped: the terminal is gone. Nothing half-made was written.");
}

}  // namespace sfumato

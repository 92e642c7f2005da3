// Signals that stop the program: SIGINT (Ctrl-C), SIGTERM, SIGHUP, SIGUSR1 (Slurm's warning).
#pragma once

#include <string>
#include <utility>

#include "sfumato/error.h"

namespace sfumato {

// For the time when no picture is being made: a stop signal prints one line and ends the process at once, with
// 128 + its number (SIGUSR1 as SIGTERM). A SIGHUP that is ignored stays ignored (nohup). A SIGINT does not: shells
// ignore it for background jobs of scripts, and whoever sends it means it. SIGPIPE and SIGXFSZ are ignored from now on,
// so that writing fails with an error instead.
void leave_on_signals();

// For the time when pictures are being made: the first stop signal is remembered for received_signal() and
// throw_if_interrupted(), which the work has to call; a second one ends the process at once.
void watch_signals();
// For the time after: the first signal ends the process at once again.
void leave_on_signals_again();

// The signal that was remembered; 0: none.
[[nodiscard]] int received_signal();

// For messages: "stopped by Ctrl-C"; and how the program ends.
[[nodiscard]] std::string words_for_signal(int signal);
[[nodiscard]] ErrorKind error_kind_of_signal(int signal);

// Before it ends the process, a signal makes the file of this descriptor read-only: so a journal records that
// its process was not killed by its work. -1: no file.
void make_read_only_when_leaving(int descriptor);

// A file that is half-made, or has no content yet: a signal that ends the process removes it before.
class RemovedWhenLeaving {
 public:
  RemovedWhenLeaving() = default;  // none
  // name: relative to `folder`, the descriptor of an open folder or AT_FDCWD.
  RemovedWhenLeaving(int folder, const std::string& name);
  ~RemovedWhenLeaving() { keep(); }
  RemovedWhenLeaving(RemovedWhenLeaving&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}
  RemovedWhenLeaving& operator=(RemovedWhenLeaving&& other) noexcept {
    std::swap(slot_, other.slot_);
    return *this;
  }

  void keep();

 private:
  int slot_ = -1;
};

// For handlers of fatal signals: prints "sfumato: error: WHERE: WHAT." and ends the process at once with `status`. The
// journal records that the process was not killed by its work.
[[noreturn]] void leave_with_error(int status, const char* where, const char* what);

// Throws Error with words_for_signal() and its kind if a signal was remembered.
void throw_if_interrupted();

}  // namespace sfumato

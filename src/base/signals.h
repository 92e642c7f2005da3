// Ctrl-C and the polite kill.
#pragma once

#include <string>

#include "sfumato/error.h"

namespace sfumato {

// From now on the first SIGINT, SIGTERM, SIGHUP or SIGUSR1 (with which Slurm warns) is remembered; a second one ends
// the process at once. A SIGHUP that is ignored already stays ignored (nohup); a SIGINT does not, though shells ignore
// it for what a script puts into the background: who sends it means it. SIGPIPE and SIGXFSZ are ignored, so that
// writing fails with an error instead.
void watch_signals();

// The signal that has come; 0: none.
[[nodiscard]] int received_signal();

// What is said of it, "stopped by Ctrl-C", and how the program ends: 128 + its number, SIGUSR1 as SIGTERM.
[[nodiscard]] std::string words_for_signal(int signal);
[[nodiscard]] ErrorKind error_kind_of_signal(int signal);

// What the second signal, which leaves at once, does before: it takes the right to write this file away, which is how a
// journal says that its process was not killed by what it did. -1: nothing.
void make_read_only_when_leaving(int descriptor);

// Throws Error with both if a signal has come.
void throw_if_interrupted();

}  // namespace sfumato

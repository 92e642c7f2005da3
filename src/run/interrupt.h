// Ctrl-C and the polite kill.
#pragma once

namespace sfumato {

// From now on the first SIGINT, SIGTERM or SIGHUP is remembered; a second one ends the process at once. A SIGHUP that is
// ignored already stays ignored (nohup); a SIGINT does not, though shells ignore it for what a script puts into the
// background: who sends it means it. SIGPIPE and SIGXFSZ are ignored, so that writing fails with an error instead.
void watch_signals();

// Throws Error(interrupted) or Error(terminated) if a signal has come.
void throw_if_interrupted();

}  // namespace sfumato

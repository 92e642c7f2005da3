// A process that crashes says so in its journal before it dies, so that the next run knows that the cause was inside
// and nobody stopped it.
#pragma once

namespace sfumato {

// From now on SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT, which std::terminate() raises too, write a crash into the
// journal; then the process dies of the signal as without this, with its exit status and core dump. A signal that
// another process sent is not a crash. A stack overflow is written on the calling thread only, which gets a stack for
// signal handlers.
void report_crashes();

// The journal, open for appending; -1: none, and nothing is written.
void set_crash_journal(int descriptor);

// What the process begins to do. phase: a literal without characters that JSON escapes, as is `cause` below.
void set_crash_phase(const char* phase);

// Appends {"event":"crashed","cause":CAUSE,"phase":PHASE} and a line end to the journal by one write(). For a process
// that is about to end itself for a fault. Only calls what POSIX allows in a signal handler.
void write_crash(const char* cause);

// Called first in the handler of a SIGBUS that the kernel raised, with the address that could not be read. It ends the
// process in its own way if the address lies in a mapped file that was cut off, and returns otherwise. Must only call
// what POSIX allows in a signal handler. nullptr: none.
using BusErrorReport = void (*)(const void* address);
void set_bus_error_report(BusErrorReport report);

}  // namespace sfumato

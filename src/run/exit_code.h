// The exit codes of the program.
#pragma once

#include "sfumato/error.h"

namespace sfumato {

// sysexits.h numbers where they exist; 128 + n for signals.
enum class ExitCode : int {
  ok = 0,           // all requested pictures exist
  some_failed = 1,  // finished, some jobs failed
  usage = 64,
  bad_data = 65,
  input_missing = 66,
  device_absent = 69,
  internal = 70,
  cannot_create = 73,
  io_error = 74,
  stopped_early = 75,
  bad_bundle = 78,
  hung_up = 129,
  interrupted = 130,
  terminated = 143,
};

[[nodiscard]] ExitCode exit_code_of(ErrorKind kind);

}  // namespace sfumato

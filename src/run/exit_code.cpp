#include "run/exit_code.h"

namespace sfumato {

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::bad_data:
      return ExitCode::bad_data;
    case ErrorKind::input_missing:
      return ExitCode::input_missing;
    case ErrorKind::device_absent:
      return ExitCode::device_absent;
    case ErrorKind::internal:
      return ExitCode::internal;
    case ErrorKind::cannot_create:
      return ExitCode::cannot_create;
    case ErrorKind::io_error:
      return ExitCode::io_error;
    case ErrorKind::stopped_early:
      return ExitCode::stopped_early;
    case ErrorKind::failed_fast:
      return ExitCode::some_failed;
    case ErrorKind::bad_bundle:
      return ExitCode::bad_bundle;
    case ErrorKind::hung_up:
      return ExitCode::hung_up;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
    case ErrorKind::terminated:
      return ExitCode::terminated;
  }
  return ExitCode::internal;
}

}  // namespace sfumato

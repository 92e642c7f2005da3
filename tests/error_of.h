// What a test says of an action that must fail: EXPECT_EQ(error_of([] { ... }), "usage: --steps: ...").
#pragma once

#include <string>

#include "sfumato/error.h"

namespace sfumato {

[[nodiscard]] inline std::string kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::bad_data:
      return "bad_data";
    case ErrorKind::input_missing:
      return "input_missing";
    case ErrorKind::device_absent:
      return "device_absent";
    case ErrorKind::internal:
      return "internal";
    case ErrorKind::cannot_create:
      return "cannot_create";
    case ErrorKind::io_error:
      return "io_error";
    case ErrorKind::stopped_early:
      return "stopped_early";
    case ErrorKind::failed_fast:
      return "failed_fast";
    case ErrorKind::bad_bundle:
      return "bad_bundle";
    case ErrorKind::hung_up:
      return "hung_up";
    case ErrorKind::interrupted:
      return "interrupted";
    case ErrorKind::terminated:
      return "terminated";
  }
  return "";
}

// The kind and the sentence of the Error that `action` throws.
template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return kind_name(error.kind()) + ": " + error.what();
  }
  return "no error";
}

}  // namespace sfumato

// What a test says of an action that must fail: EXPECT_EQ(error_of([] { ... }), "64: --steps: ...").
#pragma once

#include <string>

#include "sfumato/error.h"

namespace sfumato {

// The exit code and the sentence of the Error that `action` throws.
template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
  }
  return "no error";
}

}  // namespace sfumato

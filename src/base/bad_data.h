// The error for a file whose content cannot be used.
#pragma once

#include <string>

#include "sfumato/error.h"

namespace sfumato {

// Throws Error(bad_data) "WHERE: WHAT.". where: names the file.
[[noreturn]] inline void throw_bad_data(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_data, where + ": " + what + ".");
}

}  // namespace sfumato

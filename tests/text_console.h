// A Console that keeps what is written to it.
#pragma once

#include <sstream>
#include <string>

#include "base/console.h"

namespace sfumato {

class TextConsole {
 public:
  explicit TextConsole(bool is_terminal = false) : console_(text_, is_terminal) {}

  operator Console&() { return console_; }
  Console* operator->() { return &console_; }
  [[nodiscard]] std::string str() const { return text_.str(); }
  void forget() { text_.str(""); }
  // From here on nothing more can be written.
  void close() { text_.setstate(std::ios::badbit); }

 private:
  std::ostringstream text_;
  Console console_;
};

}  // namespace sfumato

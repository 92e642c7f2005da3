// How far a long piece of work is, on standard error: a line that a terminal redraws; elsewhere a line every 5 seconds.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/console.h"

namespace sfumato {

class ProgressLine {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // err must outlive it.
  explicit ProgressLine(Console& err, Clock clock = &std::chrono::steady_clock::now);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // fraction: of the work that is done, 0 to 1; a terminal shows it as a bar before the text.
  void show(const std::string& text, std::optional<double> fraction = std::nullopt);

  // Removes the line from a terminal, so that something else can be written.
  void clear() { err_.clear(); }

 private:
  Console& err_;
  Clock clock_;
  std::chrono::steady_clock::time_point last_line_;
};

}  // namespace sfumato

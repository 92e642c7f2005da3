// How far a long piece of work is, on standard error: a line that a terminal redraws; elsewhere a line every 5 seconds.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace sfumato {

class ProgressLine {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // err must outlive it.
  ProgressLine(std::ostream& err, bool is_terminal, Clock clock = &std::chrono::steady_clock::now);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // fraction: of the work that is done, 0 to 1; a terminal shows it as a bar before the text.
  void show(const std::string& text, std::optional<double> fraction = std::nullopt);

  // Removes the line from a terminal, so that something else can be written.
  void clear();

 private:
  std::ostream& err_;
  bool is_terminal_;
  Clock clock_;
  std::chrono::steady_clock::time_point last_line_;
  bool is_drawn_ = false;
};

}  // namespace sfumato

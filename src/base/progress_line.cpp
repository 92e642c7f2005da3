#include "base/progress_line.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sfumato {
namespace {

constexpr int kBarWidth = 30;
constexpr std::chrono::seconds kBetweenLines{5};

std::string bar(double fraction) {
  const auto filled = static_cast<std::size_t>(std::lround(std::clamp(fraction, 0.0, 1.0) * kBarWidth));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] ";
}

}  // namespace

ProgressLine::ProgressLine(std::ostream& err, bool is_terminal, Clock clock)
    : err_(err), is_terminal_(is_terminal), clock_(std::move(clock)), last_line_(clock_()) {}

void ProgressLine::show(const std::string& text, std::optional<double> fraction) {
  if (is_terminal_) {
    err_ << '\r' << (fraction ? bar(*fraction) : "") << text << "\x1b[K" << std::flush;
    is_drawn_ = true;
    return;
  }
  const auto now = clock_();
  if (now - last_line_ < kBetweenLines) return;
  last_line_ = now;
  err_ << "sfumato: " << text << '\n' << std::flush;
}

void ProgressLine::clear() {
  if (is_drawn_) err_ << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
}

}  // namespace sfumato

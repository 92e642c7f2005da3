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

ProgressLine::ProgressLine(Console& err, Clock clock) : err_(err), clock_(std::move(clock)), last_line_(clock_()) {}

void ProgressLine::show(const std::string& text, std::optional<double> fraction) {
  if (err_.is_terminal()) return err_.redraw((fraction ? bar(*fraction) : "") + text);
  const auto now = clock_();
  if (now - last_line_ < kBetweenLines) return;
  last_line_ = now;
  err_.message(text);
}

}  // namespace sfumato

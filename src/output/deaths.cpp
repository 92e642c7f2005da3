#include "output/deaths.h"

#include <algorithm>
#include <numeric>

#include "base/printable.h"

namespace sfumato {
namespace {

std::string times(int n) { return n == 2 ? "twice" : std::to_string(n) + " times"; }

std::string words_of(const std::string& cause) {
  if (cause == kHang) return "it hung";
  if (cause == kMemory) return "memory ran out";
  return printable(cause);
}

}  // namespace

int Deaths::count() const { return std::accumulate(in_phase.begin(), in_phase.end(), 0); }

bool Deaths::sets_aside() const {
  return caused >= kMaxCausedDeaths || std::ranges::max(in_phase) >= kMaxDeathsInPhase;
}

std::string Deaths::reason() const {
  if (caused >= kMaxCausedDeaths) {
    return "the program crashed " + times(caused) + " while it was at this picture (" + words_of(cause) +
           ", last in phase \"" + name_of(phase) + "\").";
  }
  const auto worst = std::ranges::max_element(in_phase);
  return "the program was killed " + times(*worst) + " while this picture was in phase \"" +
         name_of(static_cast<JobPhase>(worst - in_phase.begin())) + "\", by whom is not known.";
}

}  // namespace sfumato

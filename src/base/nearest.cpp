#include "base/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace sfumato {
namespace {

// Levenshtein distance, row by row.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > kLongestName) return "";
  std::string best;
  std::size_t least = word.size() / 3 + 1;  // a different word from this distance on
  for (const std::string& candidate : candidates) {
    const bool is_near = word.size() < candidate.size() + least && candidate.size() < word.size() + least;
    if (!is_near && !candidate.starts_with(word)) continue;  // the lengths alone differ by more
    const std::size_t distance = candidate.starts_with(word) ? 0 : edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace sfumato

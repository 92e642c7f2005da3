// Lists of values, as --seed 1,7,100..200:10 gives them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/job_options.h"

namespace sfumato {

// More pictures than anyone waits for: what is longer is a slip of the finger.
inline constexpr std::uint64_t kMaxJobs = 1'000'000'000;

// The product or sum, or Error(usage) if it is above kMaxJobs; `what` begins the message.
[[nodiscard]] std::uint64_t checked_product(std::uint64_t a, std::uint64_t b, const std::string& what);
[[nodiscard]] std::uint64_t checked_sum(std::uint64_t a, std::uint64_t b, const std::string& what);

// The values of an option, in order, each as text; ranges are not written out. Separated by commas: values, ranges
// FIRST..LAST of whole numbers, FIRST..LAST:STEP of whole or real ones (LAST is met exactly or not at all: 5..9:0.5,
// decimals being what they seem), and for seeds `random`, also said as -1. Of files what files_named() makes of them.
class ValueList {
 public:
  // Several texts are one list. Throws Error(usage) if an element is not a value of the option, and as files_named().
  ValueList(const JobOption& option, const std::vector<std::string>& texts);

  [[nodiscard]] std::uint64_t size() const { return ends_.back(); }
  [[nodiscard]] bool any_random() const { return any_random_; }
  [[nodiscard]] std::string at(std::uint64_t index) const;

 private:
  struct Segment {
    std::string text;         // a value
    std::uint64_t first = 0;  // or a range: first + i * step, without its decimal point
    std::uint64_t step = 0;   // 0: no range
    int decimals = 0;         // where the point is
  };
  void add(const JobOption& option, const std::string& element);
  void add_range(const JobOption& option, const std::string& element, std::size_t dots);

  std::vector<Segment> segments_;
  std::vector<std::uint64_t> ends_;  // of each segment, as an index of values
  bool any_random_ = false;
};

// The word for a seed that is drawn.
[[nodiscard]] bool is_random(const JobOption& option, const std::string& text);

}  // namespace sfumato

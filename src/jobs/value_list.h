// Lists of values: --seed 1,7,100..200:10.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs/job_options.h"

namespace sfumato {

// The most pictures of one command or prompt file; a longer list is taken for a mistake.
inline constexpr std::uint64_t kMaxJobs = 1'000'000'000;

// The product or sum. Throws Error(usage) that begins with `what` if it is above kMaxJobs.
[[nodiscard]] std::uint64_t checked_product(std::uint64_t a, std::uint64_t b, const std::string& what);
[[nodiscard]] std::uint64_t checked_sum(std::uint64_t a, std::uint64_t b, const std::string& what);

// The values of an option, in order, each as text; ranges are not expanded in memory. Elements are separated by commas:
// values, ranges FIRST..LAST of integers, ranges FIRST..LAST:STEP of integers or decimals (exact in decimal: 5..9:0.5
// ends at 9), and `random` or -1 for seeds. Texts of file options go through files_named().
class ValueList {
 public:
  // Several texts form one list. Throws Error(usage) if an element is not a value of the option, and as files_named().
  ValueList(const JobOption& option, const std::vector<std::string>& texts);

  [[nodiscard]] std::uint64_t size() const { return ends_.back(); }
  [[nodiscard]] bool any_random() const { return any_random_; }
  [[nodiscard]] std::string at(std::uint64_t index) const;

 private:
  struct Segment {
    std::string text;         // a single value
    std::uint64_t first = 0;  // or a range, value i is first + i * step, scaled by 10^decimals
    std::uint64_t step = 0;   // 0 for a single value
    int decimals = 0;
  };
  void add(const JobOption& option, const std::string& element);
  void add_range(const JobOption& option, const std::string& element, std::size_t dots);

  std::vector<Segment> segments_;
  std::vector<std::uint64_t> ends_;  // of each segment: the index behind its last value
  bool any_random_ = false;
};

// Whether the text asks for a random seed.
[[nodiscard]] bool is_random(const JobOption& option, const std::string& text);

}  // namespace sfumato

#include "jobs/value_list.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/printable.h"
#include "jobs/file_list.h"
#include "jobs/job_values.h"
#include "jobs/option_settings.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

[[noreturn]] void refuse_count(const std::string& what) {
  throw Error(ErrorKind::usage,
              what + ": more than " + std::to_string(kMaxJobs) + " pictures. Make the lists shorter.");
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// digits / 10^decimals: 0.50 is {50, 2}.
struct Decimal {
  std::uint64_t digits = 0;
  int decimals = 0;
};

std::optional<Decimal> parse_decimal(std::string text) {
  Decimal number;
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    number.decimals = static_cast<int>(text.size() - point - 1);
    text.erase(point, 1);
  }
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number.digits);
  if (error != std::errc() || rest != end || number.decimals > 9) return std::nullopt;
  return number;
}

// The digits of the number with more decimals; nullopt if they do not fit.
std::optional<std::uint64_t> scaled(const Decimal& number, int decimals) {
  std::uint64_t digits = number.digits;
  for (int i = number.decimals; i < decimals; ++i) {
    if (digits > UINT64_MAX / 10) return std::nullopt;
    digits *= 10;
  }
  return digits;
}

std::string decimal_text(std::uint64_t digits, int decimals) {
  std::string text = std::to_string(digits);
  if (decimals == 0) return text;
  const auto places = static_cast<std::size_t>(decimals);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  text.insert(text.size() - places, 1, '.');
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::uint64_t checked_product(std::uint64_t a, std::uint64_t b, const std::string& what) {
  if (b != 0 && a > kMaxJobs / b) refuse_count(what);
  return a * b;
}

std::uint64_t checked_sum(std::uint64_t a, std::uint64_t b, const std::string& what) {
  if (a > kMaxJobs || b > kMaxJobs - a) refuse_count(what);
  return a + b;
}

bool is_random(const JobOption& option, const std::string& text) {
  return option.name == "seed" && (text == "random" || text == "-1");
}

ValueList::ValueList(const JobOption& option, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (option.kind == JobOption::Kind::numbers || option.kind == JobOption::Kind::text) {
      add(option, text);
      continue;
    }
    if (option.kind == JobOption::Kind::file) {
      for (const std::string& file : files_named(option, text)) add(option, file);
      continue;
    }
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      add(option, trimmed(text.substr(begin, end - begin)));
      begin = end + 1;
    }
  }
}

void ValueList::add(const JobOption& option, const std::string& element) {
  const bool number = option.kind == JobOption::Kind::whole || option.kind == JobOption::Kind::real;
  if (const std::size_t dots = element.find(".."); number && dots != std::string::npos) {
    return add_range(option, element, dots);
  }
  if (is_random(option, element)) {
    any_random_ = true;
  } else {
    JobValues scratch{GenerateOptions{}};
    scratch.set(option, element);
  }
  segments_.push_back({.text = element});
  ends_.push_back(checked_sum(ends_.empty() ? 0 : ends_.back(), 1, in_message(option)));
}

void ValueList::add_range(const JobOption& option, const std::string& element, std::size_t dots) {
  const bool whole = option.kind == JobOption::Kind::whole;
  const auto refuse = [&](const std::string& expected) {
    throw Error(ErrorKind::usage,
                in_message(option) + ": \"" + printable(element) + "\": " + expected + " is expected.");
  };
  const std::string first_text = element.substr(0, dots);
  std::string last_text = element.substr(dots + 2);
  std::string step_text = "1";
  if (const std::size_t colon = last_text.find(':'); colon != std::string::npos) {
    step_text = last_text.substr(colon + 1);
    last_text.resize(colon);
  }
  const std::optional<Decimal> first = parse_decimal(first_text);
  const std::optional<Decimal> last = parse_decimal(last_text);
  const std::optional<Decimal> step = parse_decimal(step_text);
  if (!first || !last || !step || (whole && first->decimals + last->decimals + step->decimals > 0)) {
    refuse(whole ? "a range such as 1..64 or 100..200:10" : "a range such as 5..9 or 5..9:0.5");
  }
  JobValues scratch{GenerateOptions{}};
  scratch.set(option, first_text);
  scratch.set(option, last_text);
  const int decimals = std::max({first->decimals, last->decimals, step->decimals});
  const std::optional<std::uint64_t> from = scaled(*first, decimals);
  const std::optional<std::uint64_t> to = scaled(*last, decimals);
  const std::optional<std::uint64_t> by = scaled(*step, decimals);
  if (!from || !to || !by) refuse("a range with fewer decimals");
  if (*by == 0) refuse("a step above 0");
  if (*from > *to) refuse("an ascending range");
  const std::uint64_t steps = (*to - *from) / *by;
  if (steps >= kMaxJobs) refuse_count(in_message(option));
  segments_.push_back({.text = "", .first = *from, .step = *by, .decimals = decimals});
  ends_.push_back(checked_sum(ends_.empty() ? 0 : ends_.back(), steps + 1, in_message(option)));
}

std::string ValueList::at(std::uint64_t index) const {
  const auto end = std::ranges::upper_bound(ends_, index);
  const Segment& segment = segments_[static_cast<std::size_t>(end - ends_.begin())];
  if (segment.step == 0) return segment.text;
  const std::uint64_t begin = end == ends_.begin() ? 0 : *(end - 1);
  return decimal_text(segment.first + (index - begin) * segment.step, segment.decimals);
}

}  // namespace sfumato

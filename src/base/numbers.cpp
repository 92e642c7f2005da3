#include "base/numbers.h"

#include <charconv>
#include <sstream>

#include "base/printable.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

template <typename Number>
bool parse(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end;
}

template <typename Number>
[[noreturn]] void refuse(const std::string& flag, const std::string& text, const char* kind, Number lowest,
                         Number highest, const char* more = "") {
  std::ostringstream message;
  message << flag << ": \"" << printable(text) << "\": " << kind << " from " << lowest << " to " << highest << more
          << " is expected.";
  throw Error(ErrorKind::usage, message.str());
}

}  // namespace

int parse_integer(const std::string& flag, const std::string& text, int lowest, int highest) {
  int number = 0;
  if (!parse(text, number) || number < lowest || number > highest)
    refuse(flag, text, "a whole number", lowest, highest);
  return number;
}

std::uint64_t parse_seed(const std::string& flag, const std::string& text) {
  std::uint64_t number = 0;
  if (!parse(text, number)) refuse<std::uint64_t>(flag, text, "a whole number", 0, UINT64_MAX, ", or random,");
  return number;
}

double parse_real(const std::string& flag, const std::string& text, double lowest, double highest) {
  double number = 0;
  // The negation also refuses NaN.
  if (!parse(text, number) || !(number >= lowest && number <= highest)) refuse(flag, text, "a number", lowest, highest);
  return number;
}

}  // namespace sfumato

// Parsing of numbers.
#pragma once

#include <cstdint>
#include <string>

namespace sfumato {

// Each throws Error(usage), "FLAG: VALUE: a whole number from A to B is expected.", unless the whole text is such a
// number.
[[nodiscard]] int parse_integer(const std::string& flag, const std::string& text, int lowest, int highest);
[[nodiscard]] std::uint64_t parse_seed(const std::string& flag, const std::string& text);
[[nodiscard]] double parse_real(const std::string& flag, const std::string& text, double lowest, double highest);

}  // namespace sfumato

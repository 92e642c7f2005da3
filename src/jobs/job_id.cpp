#include "jobs/job_id.h"

#include <charconv>

namespace sfumato {
namespace {

constexpr std::size_t kKeyDigits = 64;

template <typename Number>
bool read(std::string_view digits, Number& value, int base) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return error == std::errc() && end == digits.data() + digits.size();
}

}  // namespace

std::optional<JobId> job_id(std::string_view key, std::uint32_t occurrence) {
  JobId id{.occurrence = occurrence};
  if (key.size() != kKeyDigits || occurrence == 0) return std::nullopt;
  if (!read(key.substr(0, 16), id.high, 16) || !read(key.substr(16, 16), id.low, 16)) return std::nullopt;
  return id;
}

std::string id_text(std::string_view key, std::uint32_t occurrence) {
  return occurrence == 1 ? std::string(key) : std::string(key) + "+" + std::to_string(occurrence);
}

std::optional<JobId> parse_job_id(std::string_view text) {
  const std::size_t plus = text.find('+');
  if (plus == std::string_view::npos) return job_id(text);
  std::uint32_t occurrence = 0;
  if (!read(text.substr(plus + 1), occurrence, 10)) return std::nullopt;
  return job_id(text.substr(0, plus), occurrence);
}

}  // namespace sfumato

// Identifies a job of a run: its key and its occurrence among jobs with the same key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sfumato {

// Keeps 128 of the 256 bits of the key.
struct JobId {
  std::uint64_t high = 0, low = 0;
  std::uint32_t occurrence = 1;  // 1 for the first job with this key

  friend bool operator==(const JobId&, const JobId&) = default;
};

// key: 64 hexadecimal digits; nullopt if it is malformed or occurrence is 0.
[[nodiscard]] std::optional<JobId> job_id(std::string_view key, std::uint32_t occurrence = 1);

// The form in journals: the key; for later occurrences "key+2".
[[nodiscard]] std::string id_text(std::string_view key, std::uint32_t occurrence);
[[nodiscard]] std::optional<JobId> parse_job_id(std::string_view text);

}  // namespace sfumato

template <>
struct std::hash<sfumato::JobId> {
  std::size_t operator()(const sfumato::JobId& id) const noexcept { return id.high ^ (id.low + id.occurrence); }
};

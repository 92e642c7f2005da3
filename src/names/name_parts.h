// Names of tensors, taken apart at their dots.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// Takes `prefix` off the front of `name`; whether it was there.
[[nodiscard]] bool take(std::string_view& name, std::string_view prefix);

// Takes a whole number and the dot after it off the front: "12.norm" is 12 and leaves "norm".
[[nodiscard]] std::optional<int> take_index(std::string_view& name);

// One beginning of a name for another.
struct Renamed {
  std::string_view from;
  std::string_view to;
};

// The name with the first beginning that fits replaced; empty if none does.
[[nodiscard]] std::string renamed(std::string_view name, std::span<const Renamed> table);

}  // namespace sfumato

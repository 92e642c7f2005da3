// Names of tensors, taken apart at their dots.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// Takes `prefix` off the front of `name`; whether it was there.
[[nodiscard]] bool consume_prefix(std::string_view& name, std::string_view prefix);

// Takes a whole number and the dot after it off the front: "12.norm" is 12 and leaves "norm".
[[nodiscard]] std::optional<int> consume_index(std::string_view& name);

// One beginning of a name for another.
struct PrefixRule {
  std::string_view from;
  std::string_view to;
};

// The name with the first beginning that fits replaced; empty if none does.
[[nodiscard]] std::string apply_prefix_rules(std::string_view name, std::span<const PrefixRule> table);

}  // namespace sfumato

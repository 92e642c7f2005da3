// Parsing of tensor names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sfumato {

// Removes `prefix` from the front of `name`; returns whether it was there.
[[nodiscard]] bool consume_prefix(std::string_view& name, std::string_view prefix);

// Removes a whole number and its dot from the front: "12.norm" returns 12 and leaves "norm". nullopt if there is none.
[[nodiscard]] std::optional<int> consume_index(std::string_view& name);

// Replaces one prefix by another.
struct PrefixRule {
  std::string_view from;
  std::string_view to;
};

// The name after the first rule that matches; empty if none does.
[[nodiscard]] std::string apply_prefix_rules(std::string_view name, std::span<const PrefixRule> rules);

}  // namespace sfumato

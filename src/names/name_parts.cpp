#include "names/name_parts.h"

#include <charconv>

namespace sfumato {

bool consume_prefix(std::string_view& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

std::optional<int> consume_index(std::string_view& name) {
  int index = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || index < 0 || rest == name.data() + name.size() || *rest != '.') return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(rest - name.data()) + 1);
  return index;
}

std::string apply_prefix_rules(std::string_view name, std::span<const PrefixRule> rules) {
  for (const PrefixRule& rule : rules) {
    if (std::string_view rest = name; consume_prefix(rest, rule.from)) return std::string(rule.to) + std::string(rest);
  }
  return "";
}

}  // namespace sfumato

#include "names/name_parts.h"

#include <charconv>

namespace sfumato {

bool take(std::string_view& name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return true;
}

std::optional<int> take_index(std::string_view& name) {
  int index = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error != std::errc() || index < 0 || rest == name.data() + name.size() || *rest != '.') return std::nullopt;
  name.remove_prefix(static_cast<std::size_t>(rest - name.data()) + 1);
  return index;
}

std::string renamed(std::string_view name, std::span<const Renamed> table) {
  for (const Renamed& entry : table) {
    if (std::string_view rest = name; take(rest, entry.from)) return std::string(entry.to) + std::string(rest);
  }
  return "";
}

}  // namespace sfumato

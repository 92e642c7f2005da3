// Compile-time proof that a table has one row per enumerator, in the enum's order, so that a row is found by index.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace sfumato {

// Whether the enum names kValue: GCC and Clang print an enumerator by name, any other value as a cast, "(Enum)15".
template <auto kValue>
[[nodiscard]] consteval bool is_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("= (") == std::string_view::npos;
}

// kTable: an array at namespace scope. kMember: pointer to the member of a row that holds its enumerator.
template <const auto& kTable, auto kMember>
[[nodiscard]] consteval bool has_row_per_enumerator() {
  using Enum = std::remove_cvref_t<decltype(kTable[0].*kMember)>;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].*kMember != static_cast<Enum>(i)) return false;
  }
  return !is_enumerator<static_cast<Enum>(kTable.size())>();
}

}  // namespace sfumato

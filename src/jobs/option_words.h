// Helpers of the option tables: how rows parse and write their words.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/printable.h"
#include "sfumato/error.h"
#include "sfumato/options.h"

namespace sfumato {

[[nodiscard]] inline std::string with_underscores(std::string_view name) {
  std::string result(name);
  std::ranges::replace(result, '-', '_');
  return result;
}

// "ddim, pndm"
template <typename Enum>
[[nodiscard]] std::string list_of() {
  std::string list;
  for (const Named<Enum>& entry : names<Enum>()) list += (list.empty() ? "" : ", ") + std::string(entry.name);
  return list;
}

template <typename Enum>
[[noreturn]] void refuse_name(const std::string& option, const std::string& text) {
  throw Error(ErrorKind::usage,
              option + ": \"" + printable(text) + "\" is not known; one of " + list_of<Enum>() + " is expected.");
}

// option: "`fit`", for the message. Throws Error(usage) that lists the words.
template <typename Enum>
[[nodiscard]] Enum value_named(const std::string& option, const std::string& text) {
  const std::optional<Enum> value = value_of<Enum>(text);
  if (!value) refuse_name<Enum>(option, text);
  return *value;
}

[[nodiscard]] inline bool flag_from(const std::string& option, const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  throw Error(ErrorKind::usage, option + ": \"" + printable(text) + "\": true or false is expected.");
}

[[nodiscard]] inline Json whole(int value) { return {static_cast<std::int64_t>(value)}; }

template <typename Enum>
[[nodiscard]] Json word(Enum value) {
  return {std::string(name_of(value))};
}

}  // namespace sfumato

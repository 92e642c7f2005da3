#include "jobs/flag_words.h"

#include <algorithm>
#include <iterator>

namespace sfumato {
namespace {

bool is_option_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::ranges::all_of(name, fits);
}

}  // namespace

std::string with_flags(std::string_view message) {
  std::string result;
  for (std::size_t begin = 0; (begin = message.find('`')) != std::string_view::npos;) {
    const std::size_t end = message.find('`', begin + 1);
    if (end == std::string_view::npos) break;
    const std::string_view name = message.substr(begin + 1, end - begin - 1);
    result += message.substr(0, begin);
    if (is_option_name(name)) {
      result += "--";
      std::ranges::replace_copy(name, std::back_inserter(result), '_', '-');
    } else {
      result += message.substr(begin, end + 1 - begin);
    }
    message.remove_prefix(end + 1);
  }
  return result += message;
}

}  // namespace sfumato

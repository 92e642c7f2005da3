#include "nn/torch_error.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/printable.h"

namespace sfumato {

std::string reason_of(const std::exception& error) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch_error != nullptr ? torch_error->what_without_backtrace() : error.what();
  if (const std::size_t last = text.rfind("RuntimeError: "); last != std::string::npos) text = text.substr(last);
  return printable(text.substr(0, text.find('\n')), 300);
}

// It arrives as c10::Error, std::runtime_error or std::bad_alloc; only the message tells.
bool is_out_of_memory(const std::exception& error) {
  const std::string_view text = error.what();
  constexpr std::array<std::string_view, 3> signs = {"can't allocate memory", "out of memory", "bad_alloc"};
  return std::ranges::any_of(signs, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

Error translated(const std::string& where, const std::exception& error) {
  if (is_out_of_memory(error)) {
    return {ErrorKind::stopped_early,
            where + ": not enough memory (" + reason_of(error) + "). Take a smaller `width` and `height`."};
  }
  return {ErrorKind::internal, where + ": " + reason_of(error) + "."};
}

}  // namespace sfumato

// Who is writing: names of processes that still mean something to another process, later, perhaps on another machine.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

struct ProcessName {
  std::string host;  // letters, digits, '-' and '_' only
  int id = 0;
};

[[nodiscard]] ProcessName this_process();

// Whether no such process exists any more, as far as can be seen from here: one of another host is never gone.
[[nodiscard]] bool is_gone(const ProcessName& process);

}  // namespace sfumato

// Names of processes that other processes understand, later and on other machines.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

struct ProcessName {
  std::string host;  // letters, digits, '-' and '_' only
  int id = 0;
};

[[nodiscard]] ProcessName this_process();

// Whether the process has ended. Always false for a process of another host, which cannot be checked.
[[nodiscard]] bool is_gone(const ProcessName& process);

}  // namespace sfumato

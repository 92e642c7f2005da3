// Names of processes that other processes understand, later and on other machines.
#pragma once

#include <cstdint>
#include <string>

namespace sfumato {

struct ProcessName {
  std::string host;  // letters, digits, '-' and '_' only
  int id = 0;
  std::uint64_t start = 0;  // clock ticks from the boot of the host to the start of the process; 0: not known
};

[[nodiscard]] ProcessName this_process();

// Whether the process has ended; another one that has its id now started at another time. Always false for a process of
// another host, which cannot be checked.
[[nodiscard]] bool is_gone(const ProcessName& process);

// Whether the process is there: this id, of this host, belongs to a process that started then. False if that cannot be
// known.
[[nodiscard]] bool is_running(const ProcessName& process);

}  // namespace sfumato

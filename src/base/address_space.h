// The limit of a process's address space (ulimit -v).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sfumato {

struct AddressSpace {
  std::uint64_t limit = 0;  // bytes
  std::uint64_t used = 0;

  [[nodiscard]] std::uint64_t left() const { return limit - (used < limit ? used : limit); }
};

// Of this process; nullopt without a limit, or if what is used cannot be read.
[[nodiscard]] std::optional<AddressSpace> address_space();

// Throws Error(stopped_early) "WHAT needs N GB of address space ...", if there is a limit and fewer bytes are left.
void check_address_space(const std::string& what, std::uint64_t needed);

}  // namespace sfumato

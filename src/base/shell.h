// Words as a shell reads them.
#pragma once

#include <span>
#include <string>

namespace sfumato {

// A command line that a shell splits into these words again, fit for a terminal: what is not printable is escaped as in
// bash, zsh and POSIX 2024.
[[nodiscard]] std::string shell_command(std::span<const std::string> words);

}  // namespace sfumato

// Quoting for a shell.
#pragma once

#include <span>
#include <string>

namespace sfumato {

// A command line that a shell splits into these words. Unprintable characters are escaped with $'...', as in bash, zsh
// and POSIX 2024, so that the line can go to a terminal.
[[nodiscard]] std::string shell_command(std::span<const std::string> words);

}  // namespace sfumato

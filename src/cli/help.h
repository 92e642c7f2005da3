// The texts of --help.
#pragma once

#include <string>

namespace sfumato {

[[nodiscard]] std::string help_text();
// --help prompts: the syntax of prompt files, braces, wildcards and lists.
[[nodiscard]] std::string prompts_help_text();
[[nodiscard]] std::string version_text();

}  // namespace sfumato

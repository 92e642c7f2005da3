// The texts of --help.
#pragma once

#include <string>

namespace sfumato {

[[nodiscard]] std::string help_text();
[[nodiscard]] std::string version_text();

}  // namespace sfumato

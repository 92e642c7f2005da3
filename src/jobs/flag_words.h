// Messages of the library name options as `cfg_scale`; the command line shows them as flags.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

// Replaces every option name in backticks by its flag: "`cfg_scale`: 200 is ..." becomes "--cfg-scale: 200 is ...".
// A name is lower case with underscores; other text in backticks, such as a command, is left as it is.
[[nodiscard]] std::string with_flags(std::string_view message);

}  // namespace sfumato

// Messages of the library name options as `cfg_scale`; the command line shows them as flags.
#pragma once

#include <string>
#include <string_view>

namespace sfumato {

// Replaces the names of options in backticks by their flags: "`cfg_scale`: 200 is ..." becomes "--cfg-scale: 200 is
// ...". Other text in backticks, such as a command or a word of somebody's prompt, stays.
[[nodiscard]] std::string with_flags(std::string_view message);

}  // namespace sfumato

// The options that a command line or a line of a prompt file sets explicitly, as texts.
#pragma once

#include <string>
#include <vector>

#include "jobs/job_options.h"

namespace sfumato {

// One option and its texts: on the command line and in a line with flags one text, which may be a list; in JSON one
// text for each element of its array.
struct OptionSetting {
  const JobOption* option;
  std::vector<std::string> texts;
};

// In the order in which they were given, which is the order in which lists multiply. No option appears twice.
using OptionSettings = std::vector<OptionSetting>;

[[nodiscard]] inline bool is_set(const OptionSettings& settings, const JobOption* option) {
  for (const OptionSetting& setting : settings) {
    if (setting.option == option) return true;
  }
  return false;
}

// "`cfg_scale`", as messages name an option (jobs/flag_words.h).
[[nodiscard]] inline std::string in_message(const JobOption& option) { return "`" + std::string(option.name) + "`"; }

// "--cfg-scale", as the command line names it.
[[nodiscard]] inline std::string flag_of(const JobOption& option) {
  std::string flag = "--";
  for (const char c : option.name) flag += c == '_' ? '-' : c;
  return flag;
}

}  // namespace sfumato

// What somebody asked for, as the texts that were given.
#pragma once

#include <string>
#include <vector>

#include "jobs/job_options.h"

namespace sfumato {

// One option and what was said of it: on the command line and in a line of words one text, which may be a list; in JSON
// as many texts as its array has.
struct OptionSetting {
  const JobOption* option;
  std::vector<std::string> texts;
};

// In the order in which they were said, which is the order in which lists multiply. No option appears twice.
using OptionSettings = std::vector<OptionSetting>;

[[nodiscard]] inline bool is_set(const OptionSettings& settings, const JobOption* option) {
  for (const OptionSetting& setting : settings) {
    if (setting.option == option) return true;
  }
  return false;
}

// "--cfg-scale", as messages name it.
[[nodiscard]] inline std::string flag_of(const JobOption& option) {
  std::string flag = "--";
  for (const char c : option.name) flag += c == '_' ? '-' : c;
  return flag;
}

}  // namespace sfumato

// YAML as far as settings need it. Only yaml.cpp includes libyaml.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sfumato/error.h"

namespace sfumato {

// Values with the keys that lead to them, joined by '.': {"model.params.parameterization", "v"}. In the order of the
// text. Values inside lists and aliases are left out.
using YamlValues = std::vector<std::pair<std::string, std::string>>;

// Throws Error(bad_data) "WHERE: ..." with the line if the text is not YAML, or nests deeper than 64 levels. `advice`
// ends the message: what to do with the file.
[[nodiscard]] YamlValues yaml_values(std::string_view text, const std::string& where, const std::string& advice);

// Of a file; at most 1 MB.
[[nodiscard]] YamlValues read_yaml(const std::filesystem::path& path, const std::string& advice);

}  // namespace sfumato

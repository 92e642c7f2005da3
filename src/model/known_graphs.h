// The graphs that this project has made and published: models/graphs/known.sha256, compiled in.
#pragma once

#include <string_view>

namespace sfumato {

// sha256: 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_known_graph(std::string_view sha256);

}  // namespace sfumato

// Files that this project has published: models/graphs/known.sha256, compiled in. Graphs are programs, and
// sentencepiece's parser is not hardened against malicious files, so a bundle's graphs and tokenizer are used only if
// they are listed or trusted.
#pragma once

#include <string_view>

namespace sfumato {

// sha256: 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_known_file(std::string_view sha256);

}  // namespace sfumato

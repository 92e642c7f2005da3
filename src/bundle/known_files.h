// Files that this project has made and published: models/graphs/known.sha256, compiled in. Graphs are programs, and
// sentencepiece's parser is not made for files that want to harm it, so a bundle's graphs and tokenizer are used if
// they are listed, or if the user says --trust.
#pragma once

#include <string_view>

namespace sfumato {

// sha256: 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_known_file(std::string_view sha256);

}  // namespace sfumato

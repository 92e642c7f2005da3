// Any bytes as the `parameters` text of a PNG, of AUTOMATIC1111 and those that write like it.
#include "metadata/a1111_text.h"
#include "record.h"

void sfumato::fuzz(std::string_view input) {
  const A1111Text parts = split_a1111_text(input);
  check(parts.pairs.empty() || parts.pairs.size() >= 3, "few pairs");
  check(parts.prompt.size() + parts.negative_prompt.size() <= input.size(), "a long prompt");
  check_texts({{.keyword = "parameters", .text = std::string(input)}});
}

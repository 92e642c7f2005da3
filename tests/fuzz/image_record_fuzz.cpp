// Any bytes as the texts of a PNG: this program's JSON first, then those of others.
#include "record.h"

void sfumato::fuzz(std::string_view input) {
  std::vector<PngText> texts;
  for (const char* keyword : {"sfumato", "parameters", "prompt", "workflow"}) {
    const std::string_view text = next_piece(input, "\n%\n");
    if (!text.empty()) texts.push_back({.keyword = keyword, .text = std::string(text)});
  }
  check_texts(texts);
}

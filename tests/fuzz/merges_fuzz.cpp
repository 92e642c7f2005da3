// Any bytes as the merges of CLIP's tokenizer. Every id has a spelling; a text has ids of the vocabulary.
#include "fuzz.h"
#include "text/clip_tokenizer.h"

void sfumato::fuzz(std::string_view input) {
  const auto tokenizer =
      result_of({ErrorKind::bad_bundle}, [&] { return std::make_unique<ClipTokenizer>(input, "merges.txt"); });
  if (!tokenizer) return;
  const ClipTokenizer& made = **tokenizer;
  for (int id = 0; id < made.size(); ++id) check(!made.spelling(id).empty(), "an id without a spelling");
  for (const std::string_view text : {std::string_view("aaaa the cat's <|endoftext|> l\xC3\xB6we 2001"), input}) {
    for (const Token& token : made.encode(text)) {
      check(token.id >= 0 && token.id < made.size() && token.begin < text.size(), "a token that is none");
    }
  }
}

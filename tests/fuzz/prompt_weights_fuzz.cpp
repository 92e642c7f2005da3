// Any bytes as a prompt with weights, and its tokens. Neighbouring parts differ; ids are in the vocabulary, and each
// token begins inside its text.
#include "fuzz.h"
#include "text/clip_tokenizer.h"
#include "text/prompt.h"
#include "text/tokens.h"

namespace {

// A few merges of CLIP's: enough for words that are merged, and for those that are not.
constexpr std::string_view kMerges =
    "#version: 0.2\ni n\nt h\na n\nth e</w>\na t</w>\nc at</w>\nf o\nfo x</w>\na n</w>\nin g</w>\n";

}  // namespace

void sfumato::fuzz(std::string_view input) {
  static const ClipTokenizer tokenizer(kMerges, "merges.txt");
  const int end = tokenizer.size() - 1;
  const TokenizerConfig config{.kind = TokenizerKind::clip, .max_tokens = 9, .bos = end - 1, .eos = end, .pad = end};
  const std::vector<WeightedText> parts = parse_weights(input);
  check(!parts.empty(), "no part");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check(!parts[i].is_break || parts[i].text.empty(), "a BREAK with text");
    check(i == 0 || parts[i].is_break || parts[i - 1].is_break || parts[i].weight != parts[i - 1].weight,
          "two neighbours of one weight");
    for (const Token& token : tokenizer.encode(parts[i].text)) {
      check(token.id >= 0 && token.id <= end, "an id that is none");
      check(token.begin < parts[i].text.size(), "a token outside its text");
    }
  }
  (void)result_of({ErrorKind::usage}, [&] {
    check_weights("prompt", parts);
    return true;
  });
  const Tokens tokens = tokenize(parts, tokenizer, config);
  check(!tokens.chunks.empty() && tokens.chunks.size() <= kMaxChunks, "a number of chunks");
  for (const Chunk& chunk : tokens.chunks) {
    check(chunk.ids.size() == 9 && chunk.weights.size() == 9 && chunk.used >= 2 && chunk.used <= 9, "a chunk's size");
  }
}

#include "text/tokenizer.h"

#include "sfumato/error.h"
#include "text/clip_tokenizer.h"
#include "text/sentencepiece_tokenizer.h"

namespace sfumato {
namespace {

[[noreturn]] void fail(const Bundle& bundle, const std::string& what) {
  throw Error(ErrorKind::bad_bundle, bundle.path_of(bundle.config().tokenizer.file) + ": " + what + ".");
}

// A tokenizer of one kind. Its own tokens for the ends of a text must be those that model.json states; -1: it has none.
template <typename Kind>
std::unique_ptr<const Tokenizer> checked(const Bundle& bundle) {
  const TokenizerConfig& config = bundle.config().tokenizer;
  auto tokenizer = std::make_unique<const Kind>(bundle.file(config.file).text(), bundle.path_of(config.file));
  const auto differs = [](std::int64_t own, std::int64_t stated) { return own >= 0 && own != stated; };
  if (differs(tokenizer->begin_id(), config.bos) || differs(tokenizer->end_id(), config.eos)) {
    fail(bundle, "prompts begin with " + std::to_string(tokenizer->begin_id()) + " and end with " +
                     std::to_string(tokenizer->end_id()) + ", model.json states " + std::to_string(config.bos) +
                     " and " + std::to_string(config.eos));
  }
  return tokenizer;
}

}  // namespace

std::unique_ptr<const Tokenizer> open_tokenizer(const Bundle& bundle) {
  const TokenizerConfig& config = bundle.config().tokenizer;
  std::unique_ptr<const Tokenizer> tokenizer;
  switch (config.kind) {
    case TokenizerKind::clip:
      tokenizer = checked<ClipTokenizer>(bundle);
      break;
    case TokenizerKind::sentencepiece:
      tokenizer = checked<SentencepieceTokenizer>(bundle);
      break;
  }
  for (const int id : {config.bos, config.eos, config.pad, config.pad_2.value_or(config.pad)}) {
    if (id < tokenizer->size()) continue;
    fail(bundle, "has " + std::to_string(tokenizer->size()) + " tokens, model.json states id " + std::to_string(id));
  }
  return tokenizer;
}

}  // namespace sfumato

#include "text/tokens.h"

#include <algorithm>
#include <optional>

namespace sfumato {
namespace {

constexpr std::size_t kCommaReach = 20;  // A1111's comma_padding_backtrack

bool is_comma(const Tokenizer& tokenizer, std::int64_t id) {
  const std::string spelling = tokenizer.spelling(id);
  return spelling == ",</w>" || spelling == "," || spelling == "\u2581,";
}

struct Weighted {
  std::int64_t id = 0;
  double weight = 1;
};

class Chunks {
 public:
  Chunks(const Tokenizer& tokenizer, const TokenizerConfig& config)
      : tokenizer_(tokenizer), config_(config), room_(static_cast<std::size_t>(config.max_tokens) - 2) {}

  // Returns whether there was room.
  bool add(const Weighted& token) {
    if (open_.size() == room_) {
      if (is_last()) return false;
      const std::size_t position = is_comma(tokenizer_, token.id) ? room_ : split_position();
      std::vector<Weighted> moved(open_.begin() + static_cast<std::ptrdiff_t>(position), open_.end());
      open_.resize(position);
      close();
      open_ = std::move(moved);
    }
    open_.push_back(token);
    return true;
  }

  // Returns whether there was room.
  bool add_break() {
    if (is_last()) return false;
    close();
    return true;
  }

  std::vector<Chunk> finish() {
    if (!open_.empty() || closed_.empty()) close();
    return std::move(closed_);
  }

 private:
  [[nodiscard]] bool is_last() const { return closed_.size() + 1 == kMaxChunks; }

  // After the last comma, if it is within kCommaReach of the end of the full chunk.
  [[nodiscard]] std::size_t split_position() const {
    for (std::size_t after = room_; after > 0 && room_ - after < kCommaReach; --after) {
      if (is_comma(tokenizer_, open_[after - 1].id)) return after;
    }
    return room_;
  }

  void close() {
    Chunk chunk;
    const auto put = [&](std::int64_t id, double weight) {
      chunk.ids.push_back(id);
      chunk.weights.push_back(weight);
    };
    put(config_.bos, 1);
    for (const Weighted& token : open_) put(token.id, token.weight);
    put(config_.eos, 1);
    chunk.used = chunk.ids.size();
    while (chunk.ids.size() < room_ + 2) put(config_.pad, 1);
    closed_.push_back(std::move(chunk));
    open_.clear();
  }

  const Tokenizer& tokenizer_;
  const TokenizerConfig& config_;
  std::size_t room_;            // tokens in a chunk
  std::vector<Weighted> open_;  // tokens of the chunk that is being filled
  std::vector<Chunk> closed_;
};

// The text of parts from byte `begin` of the first one.
std::string text_from(std::span<const WeightedText> parts, std::size_t begin) {
  std::string text = parts.front().text.substr(begin);
  for (const WeightedText& part : parts.subspan(1)) text += part.is_break ? " " : part.text;
  return text.substr(std::min(text.find_first_not_of(" \t\n"), text.size()));
}

}  // namespace

Tokens tokenize(std::span<const WeightedText> parts, const Tokenizer& tokenizer, const TokenizerConfig& config) {
  Chunks chunks(tokenizer, config);
  std::string lost;
  for (std::size_t i = 0; i < parts.size() && lost.empty(); ++i) {
    if (parts[i].is_break) {
      if (!chunks.add_break()) lost = text_from(parts.subspan(i), 0);
      continue;
    }
    for (const Token& token : tokenizer.encode(parts[i].text)) {
      if (chunks.add({.id = token.id, .weight = parts[i].weight})) continue;
      lost = text_from(parts.subspan(i), token.begin);
      break;
    }
  }
  return {.chunks = chunks.finish(), .lost = std::move(lost)};
}

}  // namespace sfumato

#include "text/clip_tokenizer.h"

#include <algorithm>
#include <array>
#include <queue>
#include <unordered_map>
#include <utility>

#include "base/printable.h"
#include "base/utf8.h"
#include "sfumato/error.h"
#include "text/unicode.h"

namespace sfumato {
namespace {

constexpr std::string_view kWordEnd = "</w>";
constexpr std::string_view kBegin = "<|startoftext|>";
constexpr std::string_view kEnd = "<|endoftext|>";
constexpr std::size_t kBytes = 256;

// The printable character for each byte in the merges, and the byte's id. Bytes that are printable in Latin-1 come
// first and map to themselves; the others follow and map to U+0100, U+0101, ... (GPT-2's bytes_to_unicode).
struct Alphabet {
  std::array<std::uint16_t, kBytes> id{};  // of a byte
  std::array<char32_t, kBytes> character{};
};

constexpr Alphabet make_alphabet() {
  const auto maps_to_itself = [](std::size_t byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
  };
  Alphabet alphabet;
  std::uint16_t next = 0;
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    if (!maps_to_itself(byte)) continue;
    alphabet.id[byte] = next++;
    alphabet.character[byte] = static_cast<char32_t>(byte);
  }
  for (std::size_t byte = 0, other = 0; byte < kBytes; ++byte) {
    if (maps_to_itself(byte)) continue;
    alphabet.id[byte] = next++;
    alphabet.character[byte] = static_cast<char32_t>(0x100 + other++);
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = make_alphabet();

using Pair = std::uint64_t;
Pair pair_of(std::uint32_t left, std::uint32_t right) { return static_cast<Pair>(left) << 32 | right; }

// One symbol of a word that is being merged; its neighbours by index.
struct Symbol {
  std::uint32_t id = 0;
  int previous = -1;
  int next = -1;
  bool merged = false;  // into its left neighbour
};

struct Merge {
  std::uint32_t id;  // of the merged symbol; lower ids are merged first
  int index;         // of the left symbol; among equal ids, lower indices are merged first
  bool operator>(const Merge& other) const { return std::pair(id, index) > std::pair(other.id, other.index); }
};

std::string bytes_of(std::u32string_view text) {
  std::string bytes;
  for (const char32_t code : text) append_utf8(bytes, code);
  return bytes;
}

// The length of the first piece of a word in lower case: a control token's name, a contraction's suffix, letters, one
// number, or other characters:
// '<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+'.
std::size_t first_piece(std::u32string_view word) {
  for (const std::u32string_view ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
    if (word.starts_with(ending)) return ending.size();
  }
  if (is_number(word.front())) return 1;
  const bool letters = is_letter(word.front());
  std::size_t length = 1;
  while (length < word.size() && !is_number(word[length]) && is_letter(word[length]) == letters) ++length;
  return length;
}

// The length of a control token's name that is text here, in capitals for example. It is still split from what follows.
std::size_t control_name(std::u32string_view word) {
  for (const std::u32string_view name : {U"<|startoftext|>", U"<|endoftext|>"}) {
    if (word.starts_with(name)) return name.size();
  }
  return 0;
}

}  // namespace

struct ClipTokenizer::Impl {
  std::vector<std::string> symbols;                // by id, in the characters of the merges file
  std::unordered_map<Pair, std::uint32_t> merges;  // two ids -> the id of the merged symbol

  void read(std::string_view text, const std::string& where);
  void encode_piece(std::u32string_view piece, std::size_t begin, std::vector<Token>& tokens) const;
  void encode_pieces(std::u32string_view word, std::size_t begin, std::vector<Token>& tokens) const;
};

void ClipTokenizer::Impl::read(std::string_view text, const std::string& where) {
  symbols.resize(2 * kBytes);
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    std::string& symbol = symbols[kAlphabet.id[byte]];
    append_utf8(symbol, kAlphabet.character[byte]);
    symbols[kBytes + kAlphabet.id[byte]] = symbol + std::string(kWordEnd);
  }
  std::unordered_map<std::string, std::uint32_t> ids;
  for (std::uint32_t id = 0; id < symbols.size(); ++id) ids.emplace(symbols[id], id);

  std::size_t number = 0;
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::bad_bundle, where + ':' + std::to_string(number) + ": " + what + ". Copy the bundle again.");
  };
  const auto id_of = [&](std::string_view symbol) {
    const auto found = ids.find(std::string(symbol));
    if (found == ids.end()) fail("\"" + printable(symbol, 60) + "\" is not a symbol that an earlier line makes");
    return found->second;
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) fail("the last line has no end");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (!line.starts_with("#version: ")) fail("\"#version: 0.2\" is expected");
      continue;
    }
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos)
      fail("two symbols with one space between are expected, not \"" + printable(line, 60) + "\"");
    const std::uint32_t left = id_of(line.substr(0, space));
    const std::uint32_t right = id_of(line.substr(space + 1));
    const auto id = static_cast<std::uint32_t>(symbols.size());
    std::string merged = symbols[left] + symbols[right];
    if (!ids.emplace(merged, id).second) fail("\"" + printable(merged, 60) + "\" is made a second time");
    merges.emplace(pair_of(left, right), id);
    symbols.push_back(std::move(merged));
  }
  if (number == 0) throw Error(ErrorKind::bad_bundle, where + ": is empty. Copy the bundle again.");
  symbols.emplace_back(kBegin);
  symbols.emplace_back(kEnd);
}

// Byte-pair encoding with a queue, so that a word of n bytes takes n log n steps.
void ClipTokenizer::Impl::encode_piece(std::u32string_view piece, std::size_t begin, std::vector<Token>& tokens) const {
  const std::string bytes = bytes_of(piece);
  const int size = static_cast<int>(bytes.size());
  std::vector<Symbol> word;
  for (int i = 0; i < size; ++i) {
    const std::uint32_t id = kAlphabet.id[static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])];
    word.push_back({.id = id, .previous = i - 1, .next = i + 1 < size ? i + 1 : -1});
  }
  word.back().id += kBytes;  // the same byte, ending a word

  std::priority_queue<Merge, std::vector<Merge>, std::greater<>> queue;
  const auto at = [&](int index) -> Symbol& { return word[static_cast<std::size_t>(index)]; };
  // The id of a symbol merged with its right neighbour; 0, which is never a merge's id, if they do not merge.
  const auto merge_at = [&](int index) {
    if (index < 0 || at(index).next < 0) return std::uint32_t{0};
    const auto found = merges.find(pair_of(at(index).id, at(at(index).next).id));
    return found == merges.end() ? 0 : found->second;
  };
  const auto offer = [&](int index) {
    if (const std::uint32_t id = merge_at(index); id != 0) queue.push({.id = id, .index = index});
  };
  for (int index = 0; index < size; ++index) offer(index);
  while (!queue.empty()) {
    const Merge merge = queue.top();
    queue.pop();
    Symbol& left = at(merge.index);
    if (left.merged || merge_at(merge.index) != merge.id) continue;  // a neighbour was merged away meanwhile
    Symbol& right = at(left.next);
    right.merged = true;
    left.id = merge.id;
    left.next = right.next;
    if (left.next >= 0) at(left.next).previous = merge.index;
    offer(left.previous);
    offer(merge.index);
  }
  for (int index = 0; index >= 0; index = at(index).next) tokens.push_back({.id = at(index).id, .begin = begin});
}

void ClipTokenizer::Impl::encode_pieces(std::u32string_view word, std::size_t begin, std::vector<Token>& tokens) const {
  while (!word.empty()) {
    if (const std::size_t name = control_name(word); name != 0) {
      for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{0, 2}, {2, name - 2}, {name - 2, name}})
        encode_piece(word.substr(from, to - from), begin, tokens);
      word.remove_prefix(name);
      continue;
    }
    const std::size_t length = first_piece(word);
    encode_piece(word.substr(0, length), begin, tokens);
    word.remove_prefix(length);
  }
}

ClipTokenizer::ClipTokenizer(std::string_view merges, const std::string& where) : impl_(std::make_unique<Impl>()) {
  impl_->read(merges, where);
}

ClipTokenizer::~ClipTokenizer() = default;

// transformers normalises the whole text, then splits it. NFC and lower case never add, remove or cross white space, so
// normalising word by word is the same, and each token knows the offset of its word.
std::vector<Token> ClipTokenizer::encode(std::string_view text) const {
  std::vector<Token> tokens;
  std::u32string word;
  std::size_t begin = 0;
  const auto finish_word = [&] {
    if (!word.empty()) impl_->encode_pieces(lower_case(nfc(word)), begin, tokens);
    word.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const bool begins = rest.starts_with(kBegin);
    if (begins || rest.starts_with(kEnd)) {
      finish_word();
      tokens.push_back({.id = begins ? begin_id() : end_id(), .begin = i});
      i += begins ? kBegin.size() : kEnd.size();
      continue;
    }
    const CodePoint next = next_code_point(rest);
    if (is_space(next.value)) {
      finish_word();
    } else {
      if (word.empty()) begin = i;
      word += next.value;
    }
    i += next.bytes;
  }
  finish_word();
  return tokens;
}

int ClipTokenizer::size() const { return static_cast<int>(impl_->symbols.size()); }
std::int64_t ClipTokenizer::begin_id() const { return size() - 2; }
std::int64_t ClipTokenizer::end_id() const { return size() - 1; }

std::string ClipTokenizer::spelling(std::int64_t id) const {
  const std::string& symbol = impl_->symbols.at(static_cast<std::size_t>(id));
  if (id >= begin_id()) return symbol;
  const bool ends_word = symbol.ends_with(kWordEnd);
  std::string_view rest = std::string_view(symbol).substr(0, symbol.size() - (ends_word ? kWordEnd.size() : 0));
  std::string bytes;
  while (!rest.empty()) {
    const CodePoint next = next_code_point(rest);
    const auto byte = std::ranges::find(kAlphabet.character, next.value) - kAlphabet.character.begin();
    bytes += static_cast<char>(byte);
    rest.remove_prefix(next.bytes);
  }
  return ends_word ? bytes + std::string(kWordEnd) : bytes;
}

}  // namespace sfumato

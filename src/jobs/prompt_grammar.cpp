#include "jobs/prompt_grammar.h"

#include <algorithm>
#include <cctype>

#include "base/printable.h"
#include "jobs/value_list.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxPieces = 200'000;                  // of one expansion
constexpr std::size_t kMaxExpansion = std::size_t{1} << 20;  // bytes

class Parser {
 public:
  Parser(std::string_view text, const std::string& where, const PromptRules& rules)
      : text_(text), where_(where), rules_(rules) {}

  PromptText parse() { return sequence(0); }

 private:
  // Parses to the end, or inside braces to the | or } that ends the alternative.
  PromptText sequence(int depth) {
    PromptText result;
    std::string literal;
    const auto flush = [&] {
      if (!literal.empty()) result.parts.push_back({.text = std::move(literal)});
      literal.clear();
    };
    while (pos_ < text_.size()) {
      const char c = text_[pos_];
      if (depth > 0 && (c == '|' || c == '}')) break;
      if (c == '\\' && escapes_next()) {
        const bool underscores = text_[pos_ + 1] == '_';
        literal += text_.substr(pos_ + 1, underscores ? 2 : 1);
        pos_ += underscores ? 3 : 2;
      } else if (c == '{') {
        flush();
        append(result, braces(depth + 1));
      } else if (const std::string name = wildcard_here(); !name.empty()) {
        flush();
        pos_ += name.size() + 4;
        result.parts.push_back({.text = "__" + name + "__", .group = rules_.wildcard(name, where_), .wildcard = true});
      } else {
        literal += c;
        ++pos_;
      }
    }
    flush();
    return result;
  }

  // Parses { alternatives } into one group, or into literal text if there is no |.
  PromptText braces(int depth) {
    const std::size_t open = pos_;
    if (depth > kMaxDepth) refuse(open, "braces nest more than " + std::to_string(kMaxDepth) + " deep");
    refuse_other_grammars();
    std::vector<PromptText> alternatives;
    do {
      ++pos_;  // { or |
      alternatives.push_back(sequence(depth));
    } while (pos_ < text_.size() && text_[pos_] == '|');
    if (pos_ == text_.size()) refuse(open, "'{' has no '}'; a literal brace is written \\{");
    ++pos_;
    PromptText result;
    if (alternatives.size() == 1) {
      result.parts.push_back({.text = "{"});
      append(result, std::move(alternatives.front()));
      result.parts.push_back({.text = "}"});
      return result;
    }
    auto group = std::make_shared<PromptGroup>();
    for (PromptText& alternative : alternatives) group->add(std::move(alternative), rules_.combinatorial, where_);
    result.parts.push_back({.group = std::move(group)});
    return result;
  }

  static void append(PromptText& to, PromptText from) { std::ranges::move(from.parts, std::back_inserter(to.parts)); }

  [[nodiscard]] bool escapes_next() const {
    const std::string_view next = text_.substr(pos_ + 1);
    return next.starts_with('{') || next.starts_with('|') || next.starts_with('}') || next.starts_with("__");
  }

  // {2$$a|b} and {0.5::a|b} of sd-dynamic-prompts choose differently, so they are refused instead of taken as text.
  void refuse_other_grammars() const {
    const std::string_view rest = text_.substr(pos_ + 1);
    const std::size_t end = rest.find_first_not_of("0123456789.-");
    if (end == 0 || end == std::string_view::npos) return;
    if (rest.substr(end).starts_with("$$") || rest.substr(end).starts_with("::")) {
      refuse(pos_,
             "{" + std::string(rest.substr(0, end + 2)) + "...} is not supported; write the alternatives out: {a|b}");
    }
  }

  // The name of the wildcard that begins here; empty if there is none.
  [[nodiscard]] std::string wildcard_here() const {
    if (!text_.substr(pos_).starts_with("__")) return "";
    const std::size_t end = text_.find("__", pos_ + 2);
    if (end == std::string_view::npos) return "";
    const std::string_view name = text_.substr(pos_ + 2, end - pos_ - 2);
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    const auto may_stand = [&](char c) { return is_word(c) || c == '_' || c == '-' || c == '/' || c == '.'; };
    if (name.empty() || !is_word(name.front()) || !std::ranges::all_of(name, may_stand)) return "";
    return std::string(name);
  }

  [[noreturn]] void refuse(std::size_t offset, const std::string& what) const {
    throw Error(ErrorKind::usage, where_ + ": byte " + std::to_string(offset + 1) + ": " + printable(what, 300) + ".");
  }

  std::string_view text_;
  const std::string& where_;
  const PromptRules& rules_;
  std::size_t pos_ = 0;
};

bool is_choice(const PromptPart& part, bool combinatorial) { return part.wildcard && !combinatorial; }

// Puts a prompt together. Files may include one another 32 deep and many times a line, so pieces and bytes are limited.
class Expansion {
 public:
  Expansion(bool combinatorial, PromptChoices* choices) : combinatorial_(combinatorial), choices_(choices) {}

  void add(const PromptPart& part, std::uint64_t index) {
    if (part.group == nullptr) return append(part.text);
    const std::vector<PromptText>& alternatives = part.group->alternatives;
    if (is_choice(part, combinatorial_)) {
      return choices_ == nullptr ? append(part.text) : choose(*part.group);
    }
    const std::vector<std::uint64_t>& ends = part.group->ends;
    const auto end = std::ranges::upper_bound(ends, index);
    const std::uint64_t begin = end == ends.begin() ? 0 : *(end - 1);
    add(alternatives[static_cast<std::size_t>(end - ends.begin())], index - begin);
  }

  [[nodiscard]] std::string take() { return std::move(result_); }

 private:
  void add(const PromptText& text, std::uint64_t index) {
    std::vector<std::uint64_t> digits(text.parts.size());
    for (std::size_t i = text.parts.size(); i-- > 0;) {
      const std::uint64_t count = count_of(text.parts[i], combinatorial_);
      digits[i] = index % count;
      index /= count;
    }
    append("");
    for (std::size_t i = 0; i < text.parts.size(); ++i) add(text.parts[i], digits[i]);
  }

  // A line of a file, with a choice at every group in it.
  void choose(const PromptGroup& group) {
    append("");
    for (const PromptPart& part : group.alternatives[choices_->among(group.alternatives.size())].parts) {
      if (part.group == nullptr) {
        append(part.text);
      } else {
        choose(*part.group);
      }
    }
  }

  void append(std::string_view text) {
    if (++pieces_ > kMaxPieces || result_.size() + text.size() > kMaxExpansion) {
      throw Error(ErrorKind::usage, "a prompt: its wildcards expand to more than " + std::to_string(kMaxPieces) +
                                        " pieces or " + std::to_string(kMaxExpansion) + " bytes.");
    }
    result_ += text;
  }

  bool combinatorial_;
  PromptChoices* choices_;
  std::string result_;
  std::size_t pieces_ = 0;
};

}  // namespace

void PromptGroup::add(PromptText alternative, bool combinatorial, const std::string& where) {
  const std::uint64_t count = count_of(alternative, combinatorial, where);
  ends.push_back(checked_sum(ends.empty() ? 0 : ends.back(), count, where));
  alternatives.push_back(std::move(alternative));
}

PromptText parse_prompt(std::string_view text, const std::string& where, const PromptRules& rules) {
  return Parser(text, where, rules).parse();
}

std::uint64_t count_of(const PromptPart& part, bool combinatorial) {
  return part.group == nullptr || is_choice(part, combinatorial) ? 1 : part.group->ends.back();
}

std::uint64_t count_of(const PromptText& text, bool combinatorial, const std::string& where) {
  std::uint64_t count = 1;
  for (const PromptPart& part : text.parts) count = checked_product(count, count_of(part, combinatorial), where);
  return count;
}

bool has_wildcard(const PromptText& text) {
  return std::ranges::any_of(text.parts, [](const PromptPart& part) {
    return part.wildcard || (part.group != nullptr && std::ranges::any_of(part.group->alternatives, has_wildcard));
  });
}

std::size_t PromptChoices::among(std::size_t n) {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  z ^= z >> 31;
  return static_cast<std::size_t>(((z >> 32) * n) >> 32);
}

std::string expand(const PromptPart& part, std::uint64_t index, bool combinatorial, PromptChoices* choices) {
  Expansion expansion(combinatorial, choices);
  expansion.add(part, index);
  return expansion.take();
}

}  // namespace sfumato

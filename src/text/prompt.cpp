#include "text/prompt.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <utility>

#include "base/printable.h"
#include "base/utf8.h"
#include "sfumato/error.h"
#include "text/unicode.h"

namespace sfumato {
namespace {

constexpr double kRound = 1.1;
constexpr double kSquare = 1 / 1.1;
constexpr std::string_view kBreak = "BREAK";
constexpr std::string_view kSigns = "\\()[]:";

// The last code point of a text that is not empty.
CodePoint last_code_point(std::string_view text) {
  std::size_t begin = text.size() - 1;
  while (begin > 0 && text.size() - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0u) == 0x80u) --begin;
  const CodePoint code = next_code_point(text.substr(begin));
  return begin + code.bytes == text.size() ? code : CodePoint{0xFFFD, 1};
}

bool is_blank(char32_t code) { return is_space(code) || (code >= 0x1C && code <= 0x1F); }   // Python's \s
bool is_word(char32_t code) { return is_letter(code) || is_number(code) || code == U'_'; }  // Python's \w

std::string_view without_blanks_before(std::string_view text) {
  while (!text.empty() && is_blank(next_code_point(text).value)) text.remove_prefix(next_code_point(text).bytes);
  return text;
}

std::string_view without_blanks_after(std::string_view text) {
  while (!text.empty() && is_blank(last_code_point(text).value)) text.remove_suffix(last_code_point(text).bytes);
  return text;
}

// The offset of BREAK as a separate word, at or after `from`; npos if there is none.
std::size_t find_break(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find(kBreak, from); at != std::string_view::npos; at = text.find(kBreak, at + 1)) {
    const std::string_view before = text.substr(0, at);
    const std::string_view after = text.substr(at + kBreak.size());
    const bool begins = before.empty() || !is_word(last_code_point(before).value);
    const bool ends = after.empty() || !is_word(next_code_point(after).value);
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

// A weight such as ":1.3)" at the start of `text`: the number, infinite if it is too large, and its length in bytes.
struct WrittenWeight {
  double weight = 0;
  std::size_t length = 0;
};

std::optional<WrittenWeight> written_weight(std::string_view text) {
  std::string_view rest = without_blanks_before(text.substr(1));
  const bool minus = rest.starts_with('-');
  if (minus || rest.starts_with('+')) rest.remove_prefix(1);
  const std::string_view digits = rest.substr(0, rest.find_first_not_of(".0123456789"));
  double weight = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    const bool large = digits.find_first_of("123456789") < digits.find('.');
    weight = large ? std::numeric_limits<double>::infinity() : 0;
  }
  rest = without_blanks_before(rest.substr(digits.size()));
  if (!rest.starts_with(')')) return std::nullopt;
  return WrittenWeight{.weight = minus ? -weight : weight, .length = text.size() - rest.size() + 1};
}

class Parser {
 public:
  std::vector<WeightedText> parse(std::string_view prompt) {
    while (!prompt.empty()) prompt.remove_prefix(parse_element(prompt));
    for (const std::size_t begin : round_) multiply_from(begin, kRound);
    for (const std::size_t begin : square_) multiply_from(begin, kSquare);
    return merged();
  }

 private:
  // Parses the first element of `rest`; returns its length.
  std::size_t parse_element(std::string_view rest) {
    const char sign = rest.front();
    if (sign == '\\') {
      const bool escapes = rest.size() > 1 && rest[1] != ':' && kSigns.find(rest[1]) != std::string_view::npos;
      add(rest.substr(1, escapes ? 1 : 0));
      return escapes ? 2 : 1;
    }
    if (sign == '(') round_.push_back(texts_.size());
    if (sign == '[') square_.push_back(texts_.size());
    if (sign == '(' || sign == '[') return 1;
    if (sign == ':' && !round_.empty()) {
      if (const auto written = written_weight(rest)) {
        close(round_, written->weight);
        return written->length;
      }
    }
    if (sign == ')' && !round_.empty()) {
      close(round_, kRound);
      return 1;
    }
    if (sign == ']' && !square_.empty()) {
      close(square_, kSquare);
      return 1;
    }
    const std::size_t length = std::max<std::size_t>(1, std::min(rest.find_first_of(kSigns), rest.size()));
    add_with_breaks(rest.substr(0, length));
    return length;
  }

  void add(std::string_view text) {
    texts_.push_back({.text = std::string(text)});
    weights_.push_back(1);
  }

  void add_with_breaks(std::string_view text) {
    for (std::size_t at = find_break(text, 0); at != std::string_view::npos; at = find_break(text, 0)) {
      add(without_blanks_after(text.substr(0, at)));
      texts_.push_back({.is_break = true});
      weights_.push_back(1);
      text = without_blanks_before(text.substr(at + kBreak.size()));
    }
    add(text);
  }

  // A1111 multiplies part by part, inner brackets first. Another order would round differently, and parts of the same
  // weight would not be joined.
  void multiply_from(std::size_t begin, double factor) {
    for (std::size_t i = begin; i < weights_.size(); ++i) weights_[i] *= factor;
  }

  void close(std::vector<std::size_t>& brackets, double factor) {
    multiply_from(brackets.back(), factor);
    brackets.pop_back();
  }

  std::vector<WeightedText> merged() {
    std::vector<WeightedText> parts;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      WeightedText part = std::move(texts_[i]);
      if (!part.is_break) part.weight = weights_[i];
      const bool joins =
          !parts.empty() && !part.is_break && !parts.back().is_break && parts.back().weight == part.weight;
      if (joins) {
        parts.back().text += part.text;
      } else {
        parts.push_back(std::move(part));
      }
    }
    if (parts.empty()) parts.emplace_back();
    return parts;
  }

  std::vector<WeightedText> texts_;  // their weights are separate, so that multiplying is fast
  std::vector<double> weights_;
  std::vector<std::size_t> round_, square_;  // open brackets: the number of parts before each
};

}  // namespace

std::vector<WeightedText> parse_weights(std::string_view prompt) { return Parser().parse(prompt); }

std::vector<WeightedText> parse_weights(std::string_view prompt, Weighting rule) {
  if (rule == Weighting::none) return {{.text = std::string(prompt)}};
  std::vector<WeightedText> parts = parse_weights(prompt);
  if (rule == Weighting::ignore) {
    for (WeightedText& part : parts) part.weight = 1;
  }
  return parts;
}

void check_weights(std::string_view option, std::span<const WeightedText> parts) {
  for (const WeightedText& part : parts) {
    if (std::abs(part.weight) <= kMaxWeight) continue;
    std::ostringstream message;
    message << "`" << option << "`: \"" << printable(part.text, 40) << "\" weighs " << part.weight
            << " with its brackets; from " << -kMaxWeight << " to " << kMaxWeight
            << " is expected. Take fewer brackets, write \\( for a literal bracket, or set `weighting` none.";
    throw Error(ErrorKind::usage, message.str());
  }
}

void check_prompts(const GenerateOptions& options) {
  check_weights("prompt", parse_weights(options.prompt, options.weighting));
  check_weights("negative_prompt", parse_weights(options.negative_prompt, options.weighting));
}

}  // namespace sfumato

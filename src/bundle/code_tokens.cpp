#include "bundle/code_tokens.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/printable.h"
#include "bundle/graph_code.h"

namespace sfumato {
namespace {

// LibTorch reads brackets, operators and members by recursion. Graphs of Stable Diffusion have up to 65 tokens and 4
// brackets.
constexpr std::size_t kMaxTokens = 2000, kMaxDepth = 50;

constexpr auto kSymbols =
    std::to_array<std::string_view>({"->", "**", "//", "==", "!=", "<=", ">=", "(", ")", "[", "]",
                                     ",",  ".",  ":",  "=",  "+",  "-",  "*",  "/", "%", "<", ">"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_in_string(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == ':' || c == '-' || c == ',' || c == '>';
}

// Bytes of the number at the beginning of `text`, such as 1, 0.5, 2.e-05; nullopt if more follows it than a number has.
std::optional<std::size_t> size_of_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    while (i < text.size() && is_digit(text[i])) ++i;
  };
  digits();
  if (i < text.size() && text[i] == '.') ++i, digits();
  if (i < text.size() && text[i] == 'e') {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    digits();
  }
  if (i < text.size() && (is_letter(text[i]) || is_digit(text[i]) || text[i] == '.')) return std::nullopt;
  return i;
}

}  // namespace

void CodeReader::skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

std::string CodeReader::place() const { return where_ + ", line " + std::to_string(begin_); }

CodeToken CodeReader::token() {
  const auto take = [&](CodeToken::Kind kind, std::size_t size) {
    const CodeToken token{.kind = kind, .text = rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return token;
  };
  const char first = rest_.front();
  if (is_letter(first)) {
    const auto end = std::ranges::find_if_not(rest_, [](char c) { return is_letter(c) || is_digit(c); });
    const CodeToken name = take(CodeToken::Kind::name, static_cast<std::size_t>(end - rest_.begin()));
    if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) {
      refuse_graph(place(), "it has a string with a prefix");
    }
    return name;
  }
  if (is_digit(first)) {
    const std::optional<std::size_t> size = size_of_number(rest_);
    if (!size)
      refuse_graph(place(), "it has " +
                                printable(rest_.substr(0, std::min<std::size_t>(rest_.find_first_of(" \n"), 20))) +
                                " for a number");
    return take(CodeToken::Kind::number, *size);
  }
  if (first == '"') {
    rest_.remove_prefix(1);
    const auto end = std::ranges::find_if_not(rest_, is_in_string);
    const CodeToken string = take(CodeToken::Kind::string, static_cast<std::size_t>(end - rest_.begin()));
    if (string.text.empty() || string.text.starts_with("__") || rest_.empty() || rest_.front() != '"') {
      refuse_graph(place(), "it has the string \"" + printable(string.text));
    }
    rest_.remove_prefix(1);
    return string;
  }
  for (const std::string_view symbol : kSymbols) {
    if (rest_.starts_with(symbol)) return take(CodeToken::Kind::symbol, symbol.size());
  }
  refuse_graph(place(), "it has the sign " + printable(rest_.substr(0, 1)));
}

bool CodeReader::next(std::vector<CodeToken>& statement) {
  statement.clear();
  for (std::size_t depth = 0;;) {
    skip_spaces();
    if (rest_.empty()) {
      if (depth > 0) refuse_graph(place(), "it is cut");
      return !statement.empty();
    }
    if (rest_.front() == '\n') {
      rest_.remove_prefix(1);
      ++line_;
      if (!statement.empty() && depth == 0) return true;
      continue;
    }
    if (statement.empty()) begin_ = line_;
    statement.push_back(token());
    if (statement.back().is("(") || statement.back().is("[")) ++depth;
    if (statement.size() > kMaxTokens || depth > kMaxDepth)
      refuse_graph(place(), "it has a longer or deeper statement");
    if (statement.back().is(")") || statement.back().is("]")) {
      if (depth-- == 0) refuse_graph(place(), "it has a bracket too many");
    }
  }
}

}  // namespace sfumato

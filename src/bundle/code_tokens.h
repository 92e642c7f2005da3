// Tokens of the code in a graph (graph_code.h): a small part of Python, on which every reader agrees.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

struct CodeToken {
  enum class Kind { name, number, string, symbol };
  Kind kind = Kind::symbol;
  std::string_view text;  // of a string: without quotes

  [[nodiscard]] bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
  [[nodiscard]] bool is_name(std::string_view name) const { return kind == Kind::name && text == name; }
};

// Reads statements, one at a time: a line, and those after it that belong to its brackets. There are no comments, tabs,
// escapes, f-strings, triple quotes, or signs outside ASCII.
class CodeReader {
 public:
  CodeReader(std::string_view source, const std::string& where) : rest_(source), where_(where) {}

  // The tokens of the next statement, never empty, in `statement`; false at the end. Throws Error(bad_bundle) for what
  // is no token.
  bool next(std::vector<CodeToken>& statement);
  // Where the statement of next() begins: "WHERE, line 3".
  [[nodiscard]] std::string place() const;

 private:
  [[nodiscard]] CodeToken token();
  void skip_spaces();

  std::string_view rest_;
  const std::string& where_;
  std::size_t line_ = 1, begin_ = 1;
};

}  // namespace sfumato

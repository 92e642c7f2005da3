#include "bundle/graph_code.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "base/printable.h"
#include "bundle/code_tokens.h"
#include "bundle/graph_operators.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

using Kind = CodeToken::Kind;
using Tokens = std::span<const CodeToken>;

// Words that begin or join what a trace has not.
constexpr auto kKeywords = std::to_array<std::string_view>(
    {"and",  "as",     "assert", "async", "await",  "break", "class",  "continue", "def",  "del",    "elif",
     "else", "except", "for",    "from",  "global", "if",    "import", "in",       "is",   "lambda", "nonlocal",
     "not",  "or",     "pass",   "raise", "return", "try",   "while",  "with",     "yield"});
// Names with a meaning of their own, which a variable must not hide.
constexpr auto kReserved =
    std::to_array<std::string_view>({"CONSTANTS", "False", "None", "True", "inf", "nan", "ops", "torch"});

bool is_one_of(std::span<const std::string_view> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}
bool is_keyword(std::string_view name) { return is_one_of(kKeywords, name); }

// forward, forward1, ...: the only methods of a trace. No operator has such a name, so that x.forward() of any x is a
// method that the archive defines.
bool is_method(std::string_view name) {
  constexpr std::string_view kForward = "forward";
  return name.starts_with(kForward) &&
         std::ranges::all_of(name.substr(kForward.size()), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_number_name(std::string_view name) {  // c12 of CONSTANTS.c12
  return name.size() > 1 && name.front() == 'c' &&
         std::ranges::all_of(name.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

class Statement {
 public:
  Statement(Tokens tokens, const ClassNames& classes, std::string place)
      : tokens_(tokens), classes_(classes), place_(std::move(place)) {}

  void check() const {
    const CodeToken& first = tokens_.front();
    if (first.is_name("class")) return check_class();
    if (first.is_name("def")) return check_method();
    if (first.is_name("return")) return check_expression(1);
    if (first.kind == Kind::name && first.text.starts_with("__")) return check_list();
    if (tokens_.size() > 1 && tokens_[1].is(":")) {  // an attribute
      check_variable(first);
      return check_type(2, tokens_.size());
    }
    check_assignment();
  }

  // tokens [begin, end) as a type
  void check_type(std::size_t begin, std::size_t end) const {
    if (begin >= end) fail("it has an annotation without a type");
    for (std::size_t i = begin; i < end; ++i) {
      const CodeToken& token = tokens_[i];
      if (token.is("[") || token.is("]") || token.is(",")) continue;
      if (token.kind != Kind::name) fail("it has " + printable(token.text) + " in a type");
      std::string name(token.text);
      while (i + 2 < end && tokens_[i + 1].is(".") && tokens_[i + 2].kind == Kind::name) {
        name.append(".").append(tokens_[i + 2].text);
        i += 2;
      }
      const bool is_own = classes_.contains(name) && !name.starts_with("__torch__.torch.classes");
      if (!is_own && !is_graph_type(name)) fail("it names the type " + printable(name));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { refuse_graph(place_, what); }
  [[nodiscard]] bool is(std::size_t i, std::string_view symbol) const {
    return i < tokens_.size() && tokens_[i].is(symbol);
  }
  [[nodiscard]] bool is_kind(std::size_t i, Kind kind) const { return i < tokens_.size() && tokens_[i].kind == kind; }

  // class NAME(Module):
  void check_class() const {
    const bool is_module = tokens_.size() == 6 && is_kind(1, Kind::name) && is(2, "(") &&
                           tokens_[3].is_name("Module") && is(4, ")") && is(5, ":");
    if (!is_module) fail("it defines a class that is not a Module");
  }

  // def NAME(self: TYPE, x: TYPE) -> TYPE:
  void check_method() const {
    if (!is_kind(1, Kind::name) || !is(2, "(")) fail("it has `def` without a name");
    if (!is_method(tokens_[1].text)) fail("it defines " + printable(tokens_[1].text) + "()");
    std::size_t i = 3;
    while (i < tokens_.size() && !is(i, ")")) {
      check_variable(tokens_[i++]);
      if (is(i, ":")) {
        const std::size_t begin = ++i;
        for (std::size_t depth = 0; i < tokens_.size() && (depth > 0 || (!is(i, ",") && !is(i, ")"))); ++i) {
          if (is(i, "[")) ++depth;
          if (is(i, "]") && depth > 0) --depth;
        }
        check_type(begin, i);
      }
      if (is(i, ",")) ++i;
    }
    if (!is(i, ")") || !is(i + 1, "->") || !is(tokens_.size() - 1, ":")) fail("it has a method without a type");
    check_type(i + 2, tokens_.size() - 1);
  }

  // __parameters__ = ["weight", ], and so on; __annotations__["0"] = TYPE
  void check_list() const {
    const std::string_view name = tokens_.front().text;
    if (name == "__annotations__" && tokens_.size() > 5 && is(1, "[") && is_kind(2, Kind::string) && is(3, "]") &&
        is(4, "=")) {
      return check_type(5, tokens_.size());
    }
    const bool is_known = name == "__parameters__" || name == "__buffers__" || name == "__annotations__";
    if (!is_known || !is(1, "=") || !is(2, "[") || !is(tokens_.size() - 1, "]")) {
      fail("it sets " + printable(name));
    }
    for (const CodeToken& token : tokens_.subspan(3, tokens_.size() - 4)) {
      if (token.kind != Kind::string && !token.is(",")) fail("it sets " + printable(name));
    }
  }

  // a, b, = EXPRESSION
  void check_assignment() const {
    std::size_t i = 0;
    while (is_kind(i, Kind::name) && (is(i + 1, "=") || is(i + 1, ","))) {
      check_variable(tokens_[i]);
      if (is(i + 1, "=")) return check_expression(i + 2);
      i += 2;
      if (is(i, "=")) return check_expression(i + 1);
    }
    check_expression(0);
  }

  void check_variable(const CodeToken& token) const {
    if (token.kind != Kind::name) fail("it has " + printable(token.text) + " where a name belongs");
    const std::string_view name = token.text;
    if (is_keyword(name)) fail("it has `" + std::string(name) + "`");
    if (name.starts_with("__") || is_one_of(kReserved, name) || is_graph_function(name)) {
      fail("it gives a new meaning to " + printable(name));
    }
  }

  void check_expression(std::size_t begin) const {
    if (begin >= tokens_.size()) fail("it has a statement without a value");
    for (std::size_t i = begin; i < tokens_.size();) {
      const CodeToken& token = tokens_[i];
      if (token.kind == Kind::name) {
        i = check_name(i);
        continue;
      }
      if (token.is(":") || token.is("=") || token.is("->"))
        fail("it has " + std::string(token.text) + " in an expression");
      if (token.is("(") && i > begin && is_value(tokens_[i - 1])) fail("it calls a value");
      ++i;
    }
  }

  // Whether a bracket after this token would be a call; names are in check_name().
  static bool is_value(const CodeToken& token) {
    return token.kind == Kind::string || token.kind == Kind::number || token.is(")") || token.is("]");
  }

  // The name at i, with what belongs to it; returns the index behind it.
  [[nodiscard]] std::size_t check_name(std::size_t i) const {
    const std::string_view name = tokens_[i].text;
    if (i > 0 && tokens_[i - 1].is(".")) {
      if (name.starts_with("__") || (is(i + 1, "(") && !is_method(name))) fail("it calls ." + printable(name) + "()");
      return is(i + 1, "(") ? i + 2 : i + 1;
    }
    if (is_keyword(name)) fail("it has `" + std::string(name) + "`");
    if (name == "torch" || name == "ops" || name == "CONSTANTS") return check_member(i);
    if (name.starts_with("__")) fail("it calls " + printable(dotted(i)));
    if (is(i + 1, "=")) {
      if (i == 0 || !(is(i - 1, "(") || is(i - 1, ","))) fail("it has = in an expression");
      if (!is_graph_keyword(name)) fail("it gives the argument " + printable(name) + "=");
      return i + 2;
    }
    const bool is_call = is(i + 1, "("), is_function = is_graph_function(name);
    if (is_call && !is_function) fail("it calls " + printable(name) + "()");
    if (!is_call && is_function && !is_graph_type(name)) fail("it names " + std::string(name) + " without calling it");
    return is_call ? i + 2 : i + 1;
  }

  // torch.NAME, ops.NAMESPACE.NAME, CONSTANTS.c0
  [[nodiscard]] std::size_t check_member(std::size_t i) const {
    const std::string name = dotted(i);
    const std::string_view first = tokens_[i].text;
    const std::string_view member = std::string_view(name).substr(std::min(first.size() + 1, name.size()));
    const std::size_t end = i + 1 + 2 * static_cast<std::size_t>(std::ranges::count(name, '.'));
    if (first == "CONSTANTS") {
      if (!is_number_name(member) || is(end, "(")) fail("it names " + printable(name));
      return end;
    }
    const bool is_allowed = first == "torch" ? is_graph_operator(member) : is_graph_primitive(member);
    if (!is_allowed || !is(end, "(")) fail("it calls " + printable(name));
    return end + 1;
  }

  // a.b.c from the name at i
  [[nodiscard]] std::string dotted(std::size_t i) const {
    std::string name(tokens_[i].text);
    for (; is(i + 1, ".") && is_kind(i + 2, Kind::name); i += 2) name.append(".").append(tokens_[i + 2].text);
    return name;
  }

  Tokens tokens_;
  const ClassNames& classes_;
  std::string place_;
};

}  // namespace

void refuse_graph(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_bundle, where + ": " + what +
                                         ", which `trust` does not allow in a graph. If the graph is your own, add "
                                         "`trust_all`.");
}

void add_classes(std::string_view source, const std::string& module, ClassNames& classes) {
  CodeReader reader(source, module);
  std::vector<CodeToken> statement;
  while (reader.next(statement)) {
    if (statement.size() > 1 && statement[0].is_name("class")) {
      classes.insert(module + "." + std::string(statement[1].text));
    }
  }
}

void check_graph_code(std::string_view source, const ClassNames& classes, const std::string& where) {
  CodeReader reader(source, where);
  std::vector<CodeToken> statement;
  while (reader.next(statement)) Statement(statement, classes, reader.place()).check();
}

void check_graph_type(std::string_view type, const ClassNames& classes, const std::string& where) {
  CodeReader reader(type, where);
  std::vector<CodeToken> tokens;
  if (!reader.next(tokens)) refuse_graph(where, "it names no type");
  const Statement statement(tokens, classes, where);
  statement.check_type(0, tokens.size());
  if (reader.next(tokens)) refuse_graph(where, "it names two types");
}

}  // namespace sfumato

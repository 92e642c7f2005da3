// The grammar of prompts: {a|b} for one of each, __name__ for a line of a file.
//
//   a {red|blue} fox           two prompts; groups multiply and nest
//   {a \{curly\} one|b}        \{ \| \} and \__ are the characters themselves
//   a {fox}                    braces without | are literal
//   a __colour__ fox           a line of colour.txt in the wildcards folder
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sfumato {

struct PromptGroup;

struct PromptPart {
  std::string text{};                          // literal text, or a wildcard's name with its underscores
  std::shared_ptr<const PromptGroup> group{};  // alternatives in braces or lines of the file; nullptr for literal text
  bool wildcard = false;
};

// A prompt or an alternative in it: the concatenation of its parts.
struct PromptText {
  std::vector<PromptPart> parts{};
};

struct PromptGroup {
  std::vector<PromptText> alternatives{};
  std::vector<std::uint64_t> ends{};  // running sum of the alternatives' counts

  void add(PromptText alternative, bool combinatorial, const std::string& where);
};

struct PromptRules {
  bool combinatorial = false;  // a wildcard stands for all its lines; false: for one that the seed chooses
  // The lines of a wildcard. where: begins its error messages.
  std::function<std::shared_ptr<const PromptGroup>(const std::string& name, const std::string& where)> wildcard{};
};

// Throws Error(usage) that begins with `where`: an unclosed brace, braces too deep, more prompts than kMaxJobs.
[[nodiscard]] PromptText parse_prompt(std::string_view text, const std::string& where, const PromptRules& rules);

// The number of prompts that a part or a text expands to. A wildcard that is a choice counts as one.
[[nodiscard]] std::uint64_t count_of(const PromptPart& part, bool combinatorial);
[[nodiscard]] std::uint64_t count_of(const PromptText& text, bool combinatorial, const std::string& where);

// Whether it contains a wildcard at any depth.
[[nodiscard]] bool has_wildcard(const PromptText& text);

// The random choices of one picture, a function of its seed: choice k (from 1, left to right) among n alternatives is
// number floor(h * n / 2^32), where h is the upper 32 bits of output k of SplitMix64 (Steele, Lea, Flood 2014) seeded
// with the picture's seed.
class PromptChoices {
 public:
  explicit PromptChoices(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::size_t among(std::size_t n);

 private:
  std::uint64_t state_;
};

// Expansion `index` of count_of(); the last group in the part varies fastest. choices: makes the choices of wildcards;
// nullptr leaves them as they were written. Throws Error(usage) if files that include one another make more than
// 200,000 pieces or 1 MiB of it.
[[nodiscard]] std::string expand(const PromptPart& part, std::uint64_t index, bool combinatorial,
                                 PromptChoices* choices);

}  // namespace sfumato

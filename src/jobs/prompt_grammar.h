// What a prompt may have in it: {a|b} for one of each, __name__ for a line of a file.
//
//   a {red|blue} fox           two prompts; groups multiply, and may stand in one another
//   {a \{curly\} one|b}        \{ \| \} and \__ are the characters themselves
//   a {fox}                    braces without | are only braces
//   a __colour__ fox           a line of colour.txt in the folder of wildcards
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
  std::string text{};                          // as it stands; of a wildcard its name with the underscores
  std::shared_ptr<const PromptGroup> group{};  // what stands in braces, or in the file
  bool wildcard = false;
};

// A prompt, or one of the alternatives in it: its parts one after the other.
struct PromptText {
  std::vector<PromptPart> parts{};
};

struct PromptGroup {
  std::vector<PromptText> alternatives{};
  std::vector<std::uint64_t> ends{};  // of each alternative, as an index of all that the group can become

  void add(PromptText alternative, bool combinatorial, const std::string& where);
};

// Whether a wildcard is a choice by the seed, or stands for all its lines like a group in braces.
struct PromptRules {
  bool combinatorial = false;
  std::function<std::shared_ptr<const PromptGroup>(const std::string& name, const std::string& where)> wildcard{};
};

// Throws Error(usage) that begins with `where`: a brace that is not closed, too deep, more prompts than kMaxJobs.
[[nodiscard]] PromptText parse_prompt(std::string_view text, const std::string& where, const PromptRules& rules);

// How many prompts a part or a text can become. A wildcard that is a choice counts as one.
[[nodiscard]] std::uint64_t count_of(const PromptPart& part, bool combinatorial);
[[nodiscard]] std::uint64_t count_of(const PromptText& text, bool combinatorial, const std::string& where);

// Whether a wildcard stands in it anywhere.
[[nodiscard]] bool has_wildcard(const PromptText& text);

// The choices of one picture, a function of its seed: choice k (from 1, from left to right) among n takes number
// floor(h * n / 2^32), h being the upper 32 bits of the k-th number of SplitMix64 (Steele, Lea, Flood 2014) that
// started with the seed.
class PromptChoices {
 public:
  explicit PromptChoices(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::size_t among(std::size_t n);

 private:
  std::uint64_t state_;
};

// What the part becomes: number `index` of count_of(), the last group in it varying fastest. Wildcards that are choices
// are made by `choices`, or stand as they were written if that is nullptr.
[[nodiscard]] std::string expand(const PromptPart& part, std::uint64_t index, bool combinatorial,
                                 PromptChoices* choices);

}  // namespace sfumato

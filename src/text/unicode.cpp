#include "text/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sfumato {
namespace {

struct Range {
  char32_t first, last;
};
// Every stride-th code point from first to last becomes lower case by adding `difference`.
struct LowerRun {
  char32_t first, last;
  int stride, difference;
};
struct ClassRange {
  char32_t first, last;
  int combining_class;
};
struct Decomposition {
  char32_t code;
  std::array<char32_t, 4> parts;  // ends in zeros
};
struct Composition {
  char32_t first, second, whole;
};

#include "text/unicode_tables.inc"

constexpr char32_t kFirstComposable = 0x300;  // the first combining mark; all text below it is NFC

// Hangul syllables are arithmetic (Unicode 15, section 3.12).
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7;
constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTailCount = 28;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTailCount;

// The entry of a sorted table of ranges that holds `code`, or null.
template <typename Entry, std::size_t size>
const Entry* find(const Entry (&table)[size], char32_t code) {
  const Entry* entry = std::ranges::lower_bound(table, code, {}, &Entry::last);
  return entry != std::end(table) && entry->first <= code ? entry : nullptr;
}

int combining_class(char32_t code) {
  const ClassRange* entry = code < kFirstComposable ? nullptr : find(kClasses, code);
  return entry == nullptr ? 0 : entry->combining_class;
}

bool is_syllable(char32_t code) { return code - kSyllables < kSyllableCount; }

void append_decomposed(std::u32string& text, char32_t code) {
  if (is_syllable(code)) {
    const char32_t index = code - kSyllables;
    text += kLeads + index / (kVowelCount * kTailCount);
    text += kVowels + index / kTailCount % kVowelCount;
    if (index % kTailCount != 0) text += kTails + index % kTailCount;
    return;
  }
  const Decomposition* entry = std::ranges::lower_bound(kDecompositions, code, {}, &Decomposition::code);
  if (entry == std::end(kDecompositions) || entry->code != code) {
    text += code;
    return;
  }
  for (const char32_t part : entry->parts) {
    if (part != 0) text += part;
  }
}

// The composition of two code points, or 0.
char32_t composed(char32_t first, char32_t second) {
  if (first - kLeads < kLeadCount && second - kVowels < kVowelCount)
    return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTailCount;
  if (is_syllable(first) && (first - kSyllables) % kTailCount == 0 && second > kTails && second - kTails < kTailCount)
    return first + (second - kTails);
  const auto key = [](const Composition& entry) { return std::pair(entry.first, entry.second); };
  const Composition* entry = std::ranges::lower_bound(kCompositions, std::pair(first, second), {}, key);
  return entry != std::end(kCompositions) && key(*entry) == std::pair(first, second) ? entry->whole : 0;
}

// Sorts the marks after each letter by their combining classes.
void order_marks(std::u32string& text) {
  for (auto begin = text.begin(); begin != text.end();) {
    const auto end = std::find_if(begin, text.end(), [](char32_t code) { return combining_class(code) == 0; });
    std::stable_sort(begin, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    begin = end == text.end() ? end : end + 1;
  }
}

}  // namespace

bool is_letter(char32_t code) { return find(kLetters, code) != nullptr; }
bool is_number(char32_t code) { return find(kNumbers, code) != nullptr; }
bool is_space(char32_t code) { return find(kSpaces, code) != nullptr; }

std::u32string lower_case(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (const char32_t code : text) {
    if (code == 0x130) {
      result += U"i\u0307";
      continue;
    }
    const LowerRun* run = find(kLower, code);
    const bool changes = run != nullptr && (code - run->first) % static_cast<char32_t>(run->stride) == 0;
    result += changes ? code + static_cast<char32_t>(run->difference) : code;
  }
  return result;
}

std::u32string nfc(std::u32string_view text) {
  if (std::ranges::all_of(text, [](char32_t code) { return code < kFirstComposable; })) return std::u32string(text);
  std::u32string parts;
  for (const char32_t code : text) append_decomposed(parts, code);
  order_marks(parts);
  std::u32string result;
  constexpr std::size_t none = std::u32string::npos;
  std::size_t starter = none;
  int last_class = -1;  // of the mark before; -1 right after the starter
  for (const char32_t code : parts) {
    const int own_class = combining_class(code);
    const bool reachable = starter != none && last_class < own_class;
    if (const char32_t whole = reachable ? composed(result[starter], code) : 0; whole != 0) {
      result[starter] = whole;
      continue;
    }
    if (own_class == 0) starter = result.size();
    last_class = own_class == 0 ? -1 : own_class;
    result += code;
  }
  return result;
}

}  // namespace sfumato

// Strict JSON. Only json.cpp includes nlohmann_json.
//
// Stricter than the library: duplicate keys are refused, nesting and size are limited, and numbers are never converted
// (no 1.9 as 1, no 2^64 as 0), and strings have no NUL, because some become paths.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "sfumato/error.h"

namespace sfumato {

struct Json;
using JsonArray = std::vector<Json>;
using JsonObject = std::vector<std::pair<std::string, Json>>;  // in the order of the text

struct Json {
  // Parsed whole numbers are int64_t if they fit, so that readers check one alternative.
  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, JsonArray, JsonObject> value;
};

struct JsonLimits {
  std::size_t bytes = std::size_t{1} << 20;
  int depth = 32;
  std::string_view place = "byte";  // the word for an offset in messages
};

// Throws Error(kind) beginning with `where`, with the offset, unless `text` is exactly one JSON value within the
// limits.
[[nodiscard]] Json parse_json(std::string_view text, const std::string& where, ErrorKind kind,
                              const JsonLimits& limits = {});

// One line, ASCII only (with \u escapes), keys in the order of the object; of a key that appears twice the last
// value counts, in the first place. Takes time in proportion to the text. Invalid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string dump_json(const Json& value);

// Reads an object key by key; errors have the form "WHERE: KEY: what is wrong". The constructor throws if `value` is
// not an object; finish() throws if a key was never read.
class JsonReader {
 public:
  JsonReader(const Json& value, std::string where, ErrorKind kind);

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] const Json& at(std::string_view key);
  [[nodiscard]] const std::string& string(std::string_view key);
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t lowest, std::int64_t highest);
  [[nodiscard]] double real(std::string_view key, double lowest, double highest);
  [[nodiscard]] bool boolean(std::string_view key);
  [[nodiscard]] const JsonArray& array(std::string_view key);
  [[nodiscard]] JsonReader object(std::string_view key);
  [[nodiscard]] std::vector<std::string> keys() const;
  void finish() const;

  [[noreturn]] void fail(std::string_view key, const std::string& what) const;

 private:
  const JsonObject* object_;
  std::unordered_map<std::string_view, std::size_t> places_;  // of the keys in the object
  std::string where_;
  ErrorKind kind_;
  std::vector<bool> used_;
};

}  // namespace sfumato

#include "base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_set>

#include "base/printable.h"

namespace sfumato {
namespace {

// Builds a Json from nlohmann's events, so that duplicate keys and depth are checked during parsing.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string where, ErrorKind kind, const JsonLimits& limits)
      : where_(std::move(where)), kind_(kind), depth_(limits.depth), place_(limits.place) {}

  [[nodiscard]] Json take() { return std::move(root_); }

  bool null() override { return add({nullptr}); }
  bool boolean(bool value) override { return add({value}); }
  bool number_integer(std::int64_t value) override { return add({value}); }
  bool number_unsigned(std::uint64_t value) override {
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) return add({static_cast<std::int64_t>(value)});
    return add({value});
  }
  bool number_float(double value, const std::string&) override { return add({value}); }
  bool string(std::string& value) override {
    refuse_nul(value);
    return add({std::move(value)});
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return begin_container({JsonObject{}}); }
  bool start_array(std::size_t) override { return begin_container({JsonArray{}}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    refuse_nul(name);
    if (!keys_.back().insert(name).second)
      throw Error(kind_, where_ + ": key \"" + printable(name) + "\" appears twice.");
    std::get<JsonObject>(stack_.back().value).emplace_back(std::move(name), Json{});
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..." or
    // "[json.exception.out_of_range.406] number ..."
    std::string reason = error.what();
    if (const std::size_t end = reason.find("] "); end != std::string::npos) reason = reason.substr(end + 2);
    if (const std::size_t end = reason.find(": "); end != std::string::npos) reason = reason.substr(end + 2);
    throw Error(kind_, where_ + ": " + std::string(place_) + " " + std::to_string(position) + ": " +
                           printable(reason, 160) + ".");
  }

 private:
  // The system would take what is before it: a path would name another file.
  void refuse_nul(const std::string& text) const {
    if (text.find('\0') == std::string::npos) return;
    throw Error(kind_, where_ + ": \"" + printable(text, 60) + "\": a string with a NUL (\\u0000).");
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool begin_container(Json value) {
    if (static_cast<int>(stack_.size()) >= depth_) {
      throw Error(kind_, where_ + ": nested deeper than " + std::to_string(depth_) + " levels.");
    }
    stack_.push_back(std::move(value));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Json value = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    place(std::move(value));
    return true;
  }
  void place(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<JsonArray>(&stack_.back().value)) {
      array->push_back(std::move(value));
    } else {
      std::get<JsonObject>(stack_.back().value).back().second = std::move(value);
    }
  }

  std::string where_;
  ErrorKind kind_;
  int depth_;
  std::string_view place_;
  Json root_;
  std::vector<Json> stack_;                            // open objects and arrays
  std::vector<std::unordered_set<std::string>> keys_;  // of each of them
};

nlohmann::ordered_json to_library(const Json& value) {
  return std::visit(
      [](const auto& held) -> nlohmann::ordered_json {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, JsonArray>) {
          nlohmann::ordered_json array = nlohmann::ordered_json::array();
          for (const Json& element : held) array.push_back(to_library(element));
          return array;
        } else if constexpr (std::is_same_v<Held, JsonObject>) {
          // Its operator[] searches all the keys before. Of a name that appears twice the last value counts.
          nlohmann::ordered_json object = nlohmann::ordered_json::object();
          auto& entries = object.get_ref<nlohmann::ordered_json::object_t&>();
          std::unordered_map<std::string_view, std::size_t> places;
          for (const auto& [key, element] : held) {
            const auto [place, is_new] = places.emplace(key, entries.size());
            if (is_new) {
              entries.emplace_back(key, to_library(element));
            } else {
              (entries.begin() + static_cast<std::ptrdiff_t>(place->second))->second = to_library(element);
            }
          }
          return object;
        } else {
          return held;
        }
      },
      value.value);
}

template <typename Number>
std::string range(Number lowest, Number highest) {
  std::ostringstream text;
  text << "from " << lowest << " to " << highest;
  return text.str();
}

}  // namespace

Json parse_json(std::string_view text, const std::string& where, ErrorKind kind, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    throw Error(kind, where + ": " + std::to_string(text.size()) + " bytes of JSON, at most " +
                          std::to_string(limits.bytes) + " are read.");
  }
  Builder builder(where, kind, limits);
  if (!nlohmann::json::sax_parse(text, &builder)) throw Error(kind, where + ": not JSON.");
  return builder.take();
}

std::string dump_json(const Json& value) {
  return to_library(value).dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

JsonReader::JsonReader(const Json& value, std::string where, ErrorKind kind)
    : object_(std::get_if<JsonObject>(&value.value)), where_(std::move(where)), kind_(kind) {
  if (object_ == nullptr) throw Error(kind_, where_ + ": an object { } is expected.");
  used_.resize(object_->size(), false);
  for (std::size_t i = 0; i < object_->size(); ++i) places_.emplace((*object_)[i].first, i);
}

bool JsonReader::has(std::string_view key) const { return places_.contains(key); }

const Json& JsonReader::at(std::string_view key) {
  const auto place = places_.find(key);
  if (place == places_.end()) fail(key, "is missing");
  used_[place->second] = true;
  return (*object_)[place->second].second;
}

const std::string& JsonReader::string(std::string_view key) {
  const auto* text = std::get_if<std::string>(&at(key).value);
  if (text == nullptr) fail(key, "a string is expected");
  return *text;
}

std::int64_t JsonReader::integer(std::string_view key, std::int64_t lowest, std::int64_t highest) {
  const auto* number = std::get_if<std::int64_t>(&at(key).value);
  if (number == nullptr || *number < lowest || *number > highest) {
    fail(key, "a whole number " + range(lowest, highest) + " is expected");
  }
  return *number;
}

double JsonReader::real(std::string_view key, double lowest, double highest) {
  const Json& value = at(key);
  double number = 0;
  if (const auto* real = std::get_if<double>(&value.value)) {
    number = *real;
  } else if (const auto* whole = std::get_if<std::int64_t>(&value.value)) {
    number = static_cast<double>(*whole);
  } else {
    fail(key, "a number is expected");
  }
  if (!(number >= lowest && number <= highest)) fail(key, "a number " + range(lowest, highest) + " is expected");
  return number;
}

bool JsonReader::boolean(std::string_view key) {
  const auto* value = std::get_if<bool>(&at(key).value);
  if (value == nullptr) fail(key, "true or false is expected");
  return *value;
}

const JsonArray& JsonReader::array(std::string_view key) {
  const auto* value = std::get_if<JsonArray>(&at(key).value);
  if (value == nullptr) fail(key, "an array [ ] is expected");
  return *value;
}

JsonReader JsonReader::object(std::string_view key) { return {at(key), where_ + ": " + printable(key), kind_}; }

std::vector<std::string> JsonReader::keys() const {
  std::vector<std::string> result;
  for (const auto& [key, value] : *object_) result.push_back(key);
  return result;
}

void JsonReader::finish() const {
  for (std::size_t i = 0; i < object_->size(); ++i) {
    if (!used_[i]) fail((*object_)[i].first, "is an unknown key");
  }
}

void JsonReader::fail(std::string_view key, const std::string& what) const {
  throw Error(kind_, where_ + ": " + printable(key) + ": " + what + ".");
}

}  // namespace sfumato

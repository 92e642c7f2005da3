#include "base/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <memory>

#include "base/bad_data.h"
#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/shown_path.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxDepth = 64;

struct ParserEnd {
  void operator()(yaml_parser_t* parser) const { yaml_parser_delete(parser); }
};
struct EventEnd {
  void operator()(yaml_event_t* event) const { yaml_event_delete(event); }
};

// Follows keys and values of mappings in YAML's events; lists have no keys.
class Reader {
 public:
  Reader(std::string_view text, const std::string& where, const std::string& advice) : where_(where), advice_(advice) {
    if (yaml_parser_initialize(&parser_) == 0) throw Error(ErrorKind::stopped_early, where_ + ": no memory is left.");
    guard_.reset(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }

  YamlValues read() {
    for (;;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) refuse();
      const std::unique_ptr<yaml_event_t, EventEnd> end(&event);
      if (event.type == YAML_STREAM_END_EVENT) return std::move(values_);
      step(event);
    }
  }

 private:
  struct Level {
    bool mapping = false;
    bool at_value = false;  // the next event is the value of `key`
    std::string key{};
  };

  [[noreturn]] void refuse() const {
    throw_bad_data(where_, "not YAML in line " + std::to_string(parser_.problem_mark.line + 1) + " (" +
                               printable(parser_.problem == nullptr ? "not readable" : parser_.problem) + "). " +
                               advice_);
  }

  void step(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_MAPPING_START_EVENT:
      case YAML_SEQUENCE_START_EVENT:
        if (levels_.size() == kMaxDepth) throw_bad_data(where_, "nests deeper than 64 levels. " + advice_);
        levels_.push_back({.mapping = event.type == YAML_MAPPING_START_EVENT});
        break;
      case YAML_MAPPING_END_EVENT:
      case YAML_SEQUENCE_END_EVENT:
        levels_.pop_back();
        end_value();
        break;
      case YAML_SCALAR_EVENT:
        scalar({reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length});
        break;
      case YAML_ALIAS_EVENT:
        end_value();
        break;
      default:
        break;
    }
  }

  void scalar(std::string_view text) {
    if (levels_.empty() || !levels_.back().mapping) return;
    if (!levels_.back().at_value) {
      levels_.back().key = text;
      levels_.back().at_value = true;
      return;
    }
    if (in_mappings_only()) values_.emplace_back(path(), std::string(text));
    end_value();
  }

  // After a value comes the next key.
  void end_value() {
    if (!levels_.empty() && levels_.back().mapping) levels_.back().at_value = !levels_.back().at_value;
  }

  [[nodiscard]] bool in_mappings_only() const {
    return std::ranges::all_of(levels_, [](const Level& level) { return level.mapping; });
  }

  [[nodiscard]] std::string path() const {
    std::string path;
    for (const Level& level : levels_) path += (path.empty() ? "" : ".") + level.key;
    return path;
  }

  const std::string& where_;
  const std::string& advice_;
  yaml_parser_t parser_{};
  std::unique_ptr<yaml_parser_t, ParserEnd> guard_;
  std::vector<Level> levels_;
  YamlValues values_;
};

}  // namespace

YamlValues yaml_values(std::string_view text, const std::string& where, const std::string& advice) {
  return Reader(text, where, advice).read();
}

YamlValues read_yaml(const std::filesystem::path& path, const std::string& advice) {
  const std::string where = shown_path(path);
  const MappedFile file(path, ErrorKind::bad_data, Links::follow);
  if (file.bytes().size() > kMaxBytes) {
    throw_bad_data(where, std::to_string(file.bytes().size()) + " bytes, at most 1048576 are read. " + advice);
  }
  return yaml_values(file.text(), where, advice);
}

}  // namespace sfumato

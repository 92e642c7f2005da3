#include "import/recognise/original_config.h"

#include <yaml.h>

#include <memory>
#include <string>
#include <vector>

#include "base/bad_data.h"
#include "base/mapped_file.h"
#include "base/printable.h"
#include "base/shown_path.h"
#include "import/recognise/prediction_type.h"

namespace sfumato {
namespace {

constexpr std::size_t kMaxConfig = std::size_t{1} << 20;  // bytes
constexpr std::size_t kMaxDepth = 64;
constexpr std::string_view kWanted = "model.params.parameterization";

struct ParserEnd {
  void operator()(yaml_parser_t* parser) const { yaml_parser_delete(parser); }
};
struct EventEnd {
  void operator()(yaml_event_t* event) const { yaml_event_delete(event); }
};

// The scalar at kWanted. Of YAML's events it follows keys and values of mappings; lists have no keys.
class ScalarFinder {
 public:
  ScalarFinder(std::string_view text, std::string where) : where_(std::move(where)) {
    if (yaml_parser_initialize(&parser_) == 0) throw Error(ErrorKind::stopped_early, where_ + ": no memory is left.");
    guard_.reset(&parser_);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }

  std::optional<std::string> find() {
    for (;;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser_, &event) == 0) refuse();
      const std::unique_ptr<yaml_event_t, EventEnd> end(&event);
      if (event.type == YAML_STREAM_END_EVENT) return found_;
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
                               printable(parser_.problem == nullptr ? "not readable" : parser_.problem) +
                               "). Correct the file, or move it away from the model's");
  }

  void step(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_MAPPING_START_EVENT:
      case YAML_SEQUENCE_START_EVENT:
        if (levels_.size() == kMaxDepth) {
          throw_bad_data(where_,
                         "nests deeper than 64 levels, so it is no model's. Move it away from the model's file");
        }
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
        scalar("");
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
    if (path() == kWanted) found_ = std::string(text);
    end_value();
  }

  // After a value comes the next key.
  void end_value() {
    if (!levels_.empty() && levels_.back().mapping) levels_.back().at_value = !levels_.back().at_value;
  }

  [[nodiscard]] std::string path() const {
    std::string path;
    for (const Level& level : levels_) path += (path.empty() ? "" : ".") + level.key;
    return path;
  }

  std::string where_;
  yaml_parser_t parser_{};
  std::unique_ptr<yaml_parser_t, ParserEnd> guard_;
  std::vector<Level> levels_;
  std::optional<std::string> found_;
};

}  // namespace

std::optional<PredictionType> original_config_type(std::string_view yaml, const std::string& where) {
  const std::optional<std::string> word = ScalarFinder(yaml, where).find();
  if (!word) return std::nullopt;
  const std::optional<PredictionType> type = *word == "x0" ? PredictionType::sample : prediction_type_of(*word);
  if (!type) {
    throw_bad_data(where, "parameterization: \"" + printable(*word) + "\" is not known; one of eps, v, x0 is expected");
  }
  return type;
}

std::optional<PredictionType> original_config_beside(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const std::string where = shown_path(path);
  const MappedFile file(path, ErrorKind::bad_data, Links::follow);
  if (file.bytes().size() > kMaxConfig) {
    throw_bad_data(where, std::to_string(file.bytes().size()) +
                              " bytes, at most 1048576 are read. Move it away from the model's file, or say what the "
                              "U-Net predicts with `prediction_type`");
  }
  return original_config_type(file.text(), where);
}

}  // namespace sfumato

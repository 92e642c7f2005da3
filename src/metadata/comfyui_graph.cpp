#include "metadata/comfyui_graph.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "api/sampler_info.h"
#include "base/json.h"
#include "jobs/a1111_names.h"
#include "jobs/job_values.h"
#include "jobs/options_json.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr JsonLimits kLimits = {.bytes = std::size_t{16} << 20, .depth = 64};
constexpr int kMaxLinks = 32;  // followed in sequence; a graph may have loops

const Json* find(const JsonObject& object, std::string_view key) {
  const auto found = std::ranges::find(object, key, &JsonObject::value_type::first);
  return found == object.end() ? nullptr : &found->second;
}

struct Node {
  std::string id;
  std::string kind;
  const JsonObject* inputs = nullptr;
};

class Graph {
 public:
  explicit Graph(const JsonObject& nodes) : nodes_(nodes) {
    for (const auto& [id, value] : nodes) places_.emplace(id, &value);
  }

  [[nodiscard]] std::optional<Node> node(const std::string& id) const {
    const auto place = places_.find(id);
    const auto* object = place == places_.end() ? nullptr : std::get_if<JsonObject>(&place->second->value);
    if (object == nullptr) return std::nullopt;
    const Json* kind = find(*object, "class_type");
    const Json* inputs = find(*object, "inputs");
    if (kind == nullptr || inputs == nullptr || !std::holds_alternative<std::string>(kind->value) ||
        !std::holds_alternative<JsonObject>(inputs->value)) {
      return std::nullopt;
    }
    return Node{.id = id, .kind = std::get<std::string>(kind->value), .inputs = &std::get<JsonObject>(inputs->value)};
  }

  [[nodiscard]] std::vector<Node> all() const {
    std::vector<Node> result;
    for (const auto& [id, value] : nodes_) {
      if (std::optional<Node> found = node(id)) result.push_back(*std::move(found));
    }
    return result;
  }

  // The node that an input is linked to, as in ["6", 0]; nullopt if it is not a link.
  [[nodiscard]] std::optional<Node> linked(const Node& from, std::string_view input) const {
    const Json* value = find(*from.inputs, input);
    const auto* link = value == nullptr ? nullptr : std::get_if<JsonArray>(&value->value);
    if (link == nullptr || link->size() != 2) return std::nullopt;
    const auto* id = std::get_if<std::string>(&link->front().value);
    return id == nullptr ? std::nullopt : node(*id);
  }

  // The value of an input: its own, or that of the single-value node it is linked to; nullptr if there is none.
  [[nodiscard]] const Json* value(Node at, std::string input) const {
    for (int link = 0; link < kMaxLinks; ++link) {
      const Json* held = find(*at.inputs, input);
      if (held == nullptr) return nullptr;
      if (!std::holds_alternative<JsonArray>(held->value)) return held;
      const std::optional<Node> next = linked(at, input);
      if (!next) return nullptr;
      at = *next;
      constexpr std::string_view kNames[] = {"value", "seed", "noise_seed", "text", "string", "int", "float", "number"};
      const auto* const name =
          std::ranges::find_if(kNames, [&](std::string_view one) { return find(*at.inputs, one) != nullptr; });
      if (name == std::end(kNames)) return nullptr;
      input = *name;
    }
    return nullptr;
  }

  // The prompt that reaches an input through nodes that pass on one conditioning; nullptr if there is none.
  [[nodiscard]] const std::string* prompt(Node at, const std::string& input) const {
    std::string link = input;
    for (int links = 0; links < kMaxLinks; ++links) {
      const std::optional<Node> next = linked(at, link);
      if (!next) return nullptr;
      at = *next;
      for (const char* name : {"text", "text_g", "positive_text", "prompt"}) {
        const Json* held = value(at, name);
        const auto* text = held == nullptr ? nullptr : std::get_if<std::string>(&held->value);
        if (text != nullptr) return text;
      }
      // Nodes that join several conditionings name their inputs otherwise, and end the search.
      link = find(*at.inputs, "conditioning") != nullptr ? "conditioning" : input;
    }
    return nullptr;
  }

 private:
  const JsonObject& nodes_;
  std::unordered_map<std::string_view, const Json*> places_;  // by id
};

bool is_sampler(const Node& node) {
  const auto has = [&](std::string_view input) { return find(*node.inputs, input) != nullptr; };
  return has("positive") && has("negative") && has("steps") && has("cfg") && (has("seed") || has("noise_seed"));
}

class Translator {
 public:
  Translator(const Graph& graph, ImageRecord& record) : graph_(graph), record_(record) {}

  void take(const Node& node, const std::string& input, std::string_view option) {
    if (find(*node.inputs, input) == nullptr) return;
    const std::string origin = "prompt: node " + node.id + ", " + input;
    const Json* held = graph_.value(node, input);
    const JobOption* row = find_job_option(option);
    if (held == nullptr || row == nullptr) {
      record_.warnings.emplace_back(origin, "comes from another node in a way that is not understood");
      return;
    }
    const std::string text = text_of(*held);
    try {
      JobValues(GenerateOptions{}).set(*row, text);
      record_.values.push_back({.name = std::string(option), .text = text, .origin = origin});
    } catch (const Error&) {
      record_.unmapped.emplace_back(input, text);
    }
  }

  // What ComfyUI means by its names for sampler and scheduler.
  void add_meaning() {
    const auto find = [this](std::string_view name) {
      const auto found = std::ranges::find(record_.values, name, &ImageRecord::Value::name);
      return found == record_.values.end() ? nullptr : &*found;
    };
    if (ImageRecord::Value* const scheduler = find("scheduler"); scheduler != nullptr && scheduler->text == "beta") {
      scheduler->text = "beta_timesteps";
    }
    const ImageRecord::Value* const sampler = find("sampling_method");
    const std::optional<SamplerWords> words = sampler == nullptr ? std::nullopt : sampler_named(sampler->text);
    if (!words) return;
    const std::string origin = sampler->origin;
    if (info_of(words->method).sde_noise) {
      record_.values.push_back({.name = "sde_noise", .text = "brownian", .origin = origin});
    }
    const bool discards = words->method == SamplingMethod::dpm2 || words->method == SamplingMethod::dpm2_a ||
                          words->method == SamplingMethod::unipc;
    if (discards) record_.values.push_back({.name = "discard_penultimate", .text = "true", .origin = origin});
  }

  void take_prompt(const Node& node, const std::string& input, std::string_view option) {
    const std::string origin = "prompt: node " + node.id + ", " + input;
    if (const std::string* text = graph_.prompt(node, input)) {
      record_.values.push_back({.name = std::string(option), .text = *text, .origin = origin});
    } else {
      record_.warnings.emplace_back(origin, "is put together by several nodes, or by one that is not understood");
    }
  }

 private:
  const Graph& graph_;
  ImageRecord& record_;
};

}  // namespace

ImageRecord record_of_comfyui_graph(const std::string& json) {
  ImageRecord record;
  record.program = "ComfyUI";
  Json parsed;
  try {
    parsed = parse_json(json, "prompt", ErrorKind::bad_data, kLimits);
  } catch (const Error& error) {
    record.warnings.emplace_back("prompt", error.what());
    return record;
  }
  const auto* nodes = std::get_if<JsonObject>(&parsed.value);
  if (nodes == nullptr) {
    record.warnings.emplace_back("prompt", "is not a graph of nodes");
    return record;
  }
  const Graph graph(*nodes);
  std::vector<Node> samplers;
  for (const Node& node : graph.all()) {
    if (is_sampler(node)) samplers.push_back(node);
    if (const Json* name = find(*node.inputs, "ckpt_name"); name != nullptr && record.model.empty()) {
      record.model = text_of(*name);
    }
    if (const Json* name = find(*node.inputs, "lora_name")) record.unmapped.emplace_back("lora", text_of(*name));
  }
  if (samplers.empty()) {
    record.warnings.emplace_back("prompt", "no node of the graph is a sampler with seed, steps and cfg");
    return record;
  }
  // Of several samplers, the one that starts from an empty latent image made the composition.
  const auto starts = [&](const Node& node) {
    const std::optional<Node> latents = graph.linked(node, "latent_image");
    return latents && latents->kind.starts_with("Empty");
  };
  const auto first = std::ranges::find_if(samplers, starts);
  const Node& sampler = first == samplers.end() ? samplers.front() : *first;
  if (samplers.size() > 1) {
    record.warnings.emplace_back(
        "prompt", std::to_string(samplers.size()) + " samplers; the values are those of node " + sampler.id);
  }
  Translator translator(graph, record);
  translator.take_prompt(sampler, "positive", "prompt");
  translator.take_prompt(sampler, "negative", "negative_prompt");
  translator.take(sampler, "seed", "seed");
  translator.take(sampler, "noise_seed", "seed");
  translator.take(sampler, "steps", "steps");
  translator.take(sampler, "cfg", "cfg_scale");
  translator.take(sampler, "sampler_name", "sampling_method");
  translator.take(sampler, "scheduler", "scheduler");
  translator.add_meaning();
  if (const std::optional<Node> latents = graph.linked(sampler, "latent_image"); latents && starts(sampler)) {
    translator.take(*latents, "width", "width");
    translator.take(*latents, "height", "height");
  } else {
    record.warnings.emplace_back("prompt: node " + sampler.id + ", latent_image",
                                 "starts from a picture, not from noise");
  }
  if (const Json* denoise = graph.value(sampler, "denoise"); denoise != nullptr && text_of(*denoise) != "1") {
    record.unmapped.emplace_back("denoise", text_of(*denoise));
  }
  return record;
}

}  // namespace sfumato

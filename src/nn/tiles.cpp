#include "nn/tiles.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <array>

namespace sfumato {
namespace {

using torch::jit::IValue;
using torch::jit::Node;
using torch::jit::Value;

bool is(const Node* node, const char* kind) { return node->kind() == c10::Symbol::fromQualString(kind); }

// Whether a node's output depends on neighbouring pixels at most; of group norm, apart from its statistics.
bool is_local(const Node* node) {
  constexpr std::array<const char*, 9> kinds = {"aten::_convolution", "aten::group_norm", "aten::silu",
                                                "aten::dropout",      "aten::add",        "aten::div",
                                                "aten::mul",          "prim::Constant",   "aten::upsample_nearest2d"};
  return std::ranges::any_of(kinds, [&](const char* kind) { return is(node, kind); });
}

const IValue value_of(const Value* value, const std::map<const Value*, IValue>& values) {
  if (const auto constant = torch::jit::toIValue(value)) return *constant;
  return values.at(value);
}

}  // namespace

// The tiles of a section's input, without their margins.
struct Tiles::Grid {
  struct Tile {
    std::int64_t top, left, height, width;
  };
  std::vector<Tile> tiles;
  std::int64_t margin;

  Grid(std::int64_t height, std::int64_t width, std::int64_t side, std::int64_t margin_) : margin(margin_) {
    for (std::int64_t top = 0; top < height; top += side) {
      for (std::int64_t left = 0; left < width; left += side) {
        tiles.push_back({top, left, std::min(side, height - top), std::min(side, width - left)});
      }
    }
  }

  // The tile with its margin, which ends at the image's edge: there convolutions pad as they do for the whole.
  [[nodiscard]] at::Tensor cut(const at::Tensor& whole, const Tile& tile) const {
    const auto [top, left] = begin(tile);
    const std::int64_t bottom = std::min(tile.top + tile.height + margin, whole.size(2));
    const std::int64_t right = std::min(tile.left + tile.width + margin, whole.size(3));
    return whole.slice(2, top, bottom).slice(3, left, right).contiguous(whole.suggest_memory_format());
  }

  // The tile without its margin in a result that is `scale` times as large.
  [[nodiscard]] at::Tensor inside(const at::Tensor& result, const Tile& tile, std::int64_t scale) const {
    const auto [top, left] = begin(tile);
    return result.narrow(2, (tile.top - top) * scale, tile.height * scale)
        .narrow(3, (tile.left - left) * scale, tile.width * scale);
  }

  [[nodiscard]] std::pair<std::int64_t, std::int64_t> begin(const Tile& tile) const {
    return {std::max<std::int64_t>(tile.top - margin, 0), std::max<std::int64_t>(tile.left - margin, 0)};
  }
};

std::optional<Tiles> Tiles::of(const std::shared_ptr<torch::jit::Graph>& graph) {
  if (graph->outputs().size() != 1) return std::nullopt;
  Tiles tiles(graph);
  return tiles.find_sections() ? std::optional(std::move(tiles)) : std::nullopt;
}

Tiles::Tiles(std::shared_ptr<torch::jit::Graph> graph) : graph_(std::move(graph)) {
  for (Node* node : graph_->nodes()) {
    if (is(node, "prim::Constant")) continue;
    for (const Value* input : node->inputs()) last_use_[input] = nodes_.size();
    nodes_.push_back(node);
  }
  last_use_[graph_->outputs().at(0)] = nodes_.size();
}

bool Tiles::find_sections() {
  std::size_t begin = nodes_.size();
  while (begin > 0 && is_local(nodes_[begin - 1])) --begin;
  for (std::size_t i = begin; i < nodes_.size(); ++i) {
    if (!is(nodes_[i], "aten::upsample_nearest2d")) continue;
    if (!sections_.empty()) {
      sections_.back().end = i;
      sections_.back().output = nodes_[i]->input(0);
    }
    sections_.push_back(
        {.begin = i, .end = nodes_.size(), .input = nodes_[i]->input(0), .output = graph_->outputs()[0]});
  }
  // A section may use nothing of earlier nodes but its input: nothing else is stored.
  for (const Section& section : sections_) {
    for (std::size_t i = 0; i < section.begin; ++i) {
      for (const Value* output : nodes_[i]->outputs()) {
        const auto last = last_use_.find(output);
        if (output != section.input && last != last_use_.end() && last->second > section.begin) return false;
      }
    }
    if (last_use_.at(section.input) != section.begin) return false;
  }
  return !sections_.empty();
}

// Runs nodes on `values`. A value is erased after its last use, except `result`.
void Tiles::run_nodes(std::size_t begin, std::size_t end, const Value* result, Values& values,
                      const Known& known) const {
  for (std::size_t i = begin; i < end; ++i) {
    Node* node = nodes_[i];
    torch::jit::Stack stack;
    for (const Value* input : node->inputs()) stack.push_back(value_of(input, values));
    for (const Value* input : node->inputs()) {
      if (last_use_.at(input) == i && input != result) values.erase(input);
    }
    if (const auto moments = known.find(node); moments != known.end()) {
      // A group norm with known statistics is a batch norm with running ones.
      const at::Tensor x = stack[0].toTensor(), weight = stack[2].toTensor(), bias = stack[3].toTensor();
      values[node->output()] =
          at::batch_norm(x, weight.to(at::kFloat), bias.to(at::kFloat), moments->second.mean, moments->second.variance,
                         /*training=*/false, /*momentum=*/0, /*eps=*/stack[4].toDouble(), /*cudnn_enabled=*/false);
      continue;
    }
    if (is(node, "prim::ListConstruct")) {  // of sizes; these networks have no other lists
      c10::List<std::int64_t> list;
      for (const IValue& element : stack) list.push_back(element.toInt());
      stack = {list};
    } else {
      node->getOperation()(stack);
    }
    for (std::size_t output = 0; output < node->outputs().size(); ++output) {
      values[node->output(output)] = std::move(stack.at(output));
    }
  }
}

// The distance, in pixels of the section's output, up to which a pixel depends on its neighbours.
std::int64_t Tiles::reach(const Section& section, const Values& parameters) const {
  std::int64_t pixels = 0;
  for (std::size_t i = section.begin; i < section.end; ++i) {
    if (is(nodes_[i], "aten::_convolution")) pixels += parameters.at(nodes_[i]->input(1)).toTensor().size(2) / 2;
  }
  return pixels;
}

at::Tensor Tiles::run_tile(const Section& section, std::size_t end, const Value* result, const at::Tensor& input,
                           const Values& parameters, const Known& known) const {
  Values values = parameters;
  values[section.input] = input;
  run_nodes(section.begin, end, result, values, known);
  return values.at(result).toTensor();
}

// Mean and variance of the input of group norm `norm`, over all tiles.
Tiles::Moments Tiles::moments(const Section& section, std::size_t norm, const at::Tensor& whole, const Grid& grid,
                              const Values& parameters, const Known& known) const {
  const Value* input = nodes_[norm]->input(0);
  const std::int64_t groups = value_of(nodes_[norm]->input(1), parameters).toInt();
  // Of each group; in float64, because the variance is a difference of two large numbers.
  std::vector<double> sum(static_cast<std::size_t>(groups)), squares(sum.size());
  std::int64_t channels = 0, count = 0;
  for (const Grid::Tile& tile : grid.tiles) {
    const at::Tensor cut = grid.cut(whole, tile);
    const at::Tensor result = run_tile(section, norm, input, cut, parameters, known);
    channels = result.size(1);
    const at::Tensor inside = grid.inside(result, tile, result.size(2) / cut.size(2));
    for (std::size_t group = 0; group < sum.size(); ++group) {  // one by one, for less memory
      const std::int64_t size = channels / groups;
      const at::Tensor x = inside.narrow(1, static_cast<std::int64_t>(group) * size, size).to(at::kFloat);
      sum[group] += x.sum(at::kDouble).item<double>();
      squares[group] += x.square().sum(at::kDouble).item<double>();
    }
    count += inside.numel() / groups;
  }
  std::vector<float> mean, variance;  // of each channel
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    const auto group = static_cast<std::size_t>(channel / (channels / groups));
    const double m = sum[group] / static_cast<double>(count);
    mean.push_back(static_cast<float>(m));
    variance.push_back(static_cast<float>(std::max(squares[group] / static_cast<double>(count) - m * m, 0.0)));
  }
  return {.mean = at::tensor(mean, at::kFloat).to(whole.device()),
          .variance = at::tensor(variance, at::kFloat).to(whole.device())};
}

at::Tensor Tiles::run_section(const Section& section, const at::Tensor& whole, std::int64_t side,
                              const Values& parameters) const {
  const std::int64_t margin = (reach(section, parameters) + 1) / 2 + 1;  // an upsampling doubles, at least
  const Grid grid(whole.size(2), whole.size(3), std::max<std::int64_t>(side / 2, 1), margin);
  Known known;
  for (std::size_t i = section.begin; i < section.end; ++i) {
    if (!is(nodes_[i], "aten::group_norm")) continue;
    Moments found = moments(section, i, whole, grid, parameters, known);
    known.emplace(nodes_[i], std::move(found));
  }
  at::Tensor output;
  for (const Grid::Tile& tile : grid.tiles) {
    const at::Tensor cut = grid.cut(whole, tile);
    const at::Tensor result = run_tile(section, section.end, section.output, cut, parameters, known);
    const std::int64_t scale = result.size(2) / cut.size(2);
    if (!output.defined()) {
      output = at::empty({1, result.size(1), whole.size(2) * scale, whole.size(3) * scale}, result.options(),
                         result.suggest_memory_format());
    }
    output.narrow(2, tile.top * scale, tile.height * scale)
        .narrow(3, tile.left * scale, tile.width * scale)
        .copy_(grid.inside(result, tile, scale));
  }
  return output;
}

at::Tensor Tiles::run(const std::vector<at::Tensor>& inputs, std::int64_t side) const {
  Values parameters;
  for (std::size_t i = 1; i < inputs.size(); ++i) parameters[graph_->inputs().at(i)] = inputs[i];
  Values values = parameters;
  values[graph_->inputs().at(0)] = inputs.at(0);
  run_nodes(0, sections_.front().begin, sections_.front().input, values, {});
  at::Tensor whole = values.at(sections_.front().input).toTensor();
  values.clear();
  for (const Section& section : sections_) whole = run_section(section, whole, side, parameters);
  return whole;
}

}  // namespace sfumato

// An exported network: a TorchScript graph without weights, and its weights from safetensors.
// graph.cpp, tiles.cpp and network.cpp are the only files that know that networks are TorchScript.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"
#include "nn/runtime.h"

namespace sfumato {

// Changes weights between file and graph, as adapters do: gets each tensor, on the runtime's device in its dtype, with
// its name in the weights, and returns that tensor or another one. It must not write to the tensor: its bytes may be
// the mapped file.
using WeightPatch = std::function<at::Tensor(const std::string& name, const at::Tensor& tensor)>;

// Inputs of a graph by their names.
using NamedTensors = std::map<std::string, at::Tensor, std::less<>>;

class Network {
 public:
  // Loads a network that the bundle has onto the runtime's device in its dtype. The bundle must outlive the network:
  // weights stored in that dtype are used where they are mapped. Throws Error(bad_bundle) if graph and patched weights
  // do not fit each other, name by name and shape by shape; Error(stopped_early) if memory does not suffice.
  Network(const Bundle& bundle, NetworkKind kind, const Runtime& runtime, const WeightPatch& patch = {});
  ~Network();
  Network(Network&&) noexcept;

  // Runs a graph that gives one tensor. Inputs are moved to the device; their dtype is the caller's (dtype() for what
  // the network computes with). Throws Error(internal), Error(stopped_early) if memory does not suffice, in one line.
  [[nodiscard]] at::Tensor operator()(const std::vector<at::Tensor>& inputs) const;
  // The same with inputs by name. Error(bad_bundle) names one that is missing, or that the graph does not take.
  [[nodiscard]] at::Tensor operator()(const NamedTensors& inputs) const;
  // The same for a graph that gives several tensors.
  [[nodiscard]] std::vector<at::Tensor> run(const std::vector<at::Tensor>& inputs) const;
  [[nodiscard]] std::vector<at::Tensor> run(const NamedTensors& inputs) const;

  // Throws Error(bad_bundle) unless the graph takes inputs of these names, in any order.
  void check_inputs(std::vector<std::string> names) const;

  // Whether the network ends in convolutions at growing resolution, as a VAE's decoder does: these can run tile by
  // tile.
  [[nodiscard]] bool can_run_in_tiles() const;
  // operator() for one input of batch 1, to within rounding, with memory for tiles of side x side pixels of the output
  // instead of the whole (nn/tiles.h). Takes several times as long.
  [[nodiscard]] at::Tensor run_in_tiles(const at::Tensor& input, std::int64_t side) const;

  [[nodiscard]] at::Device device() const;
  [[nodiscard]] at::ScalarType dtype() const;
  // The shape of one parameter, by its name in the weights. Throws Error(bad_bundle) if there is none.
  [[nodiscard]] std::vector<std::int64_t> shape_of(std::string_view parameter) const;

 private:
  [[nodiscard]] at::Tensor only(std::vector<at::Tensor> outputs) const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Names and shapes of a graph's parameters, without any weights. Throws Error(bad_bundle) beginning with its path if it
// is not a graph (docs/bundle-format.md).
[[nodiscard]] std::map<std::string, std::vector<std::int64_t>, std::less<>> parameters_of(const TrustedGraph& graph);

}  // namespace sfumato

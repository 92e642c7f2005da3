// One exported network: a TorchScript graph without weights, its weights from safetensors, and how it is run.
// graph.cpp, tiles.cpp and network.cpp are the only files that know that networks are TorchScript.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.h"
#include "nn/runtime.h"

namespace sfumato {

class Network {
 public:
  // Loads a network of the bundle onto the runtime's device in its dtype. The bundle must outlive the network: weights
  // that are stored in the dtype that runs are used where they are mapped. Throws Error(bad_bundle) if graph and
  // weights do not fit each other, name by name and shape by shape.
  Network(const Bundle& bundle, const NetworkFiles& files, const Runtime& runtime);
  ~Network();
  Network(Network&&) noexcept;

  // Runs the graph. Inputs are moved to the device; their dtype is the caller's (dtype() for what the network computes
  // with). Throws Error(internal) in one line; memory that did not suffice is named as such.
  [[nodiscard]] at::Tensor operator()(const std::vector<at::Tensor>& inputs) const;
  // The same for a graph that gives several tensors.
  [[nodiscard]] std::vector<at::Tensor> run(const std::vector<at::Tensor>& inputs) const;

  // Whether the network ends in convolutions at growing resolution, as a VAE's decoder does, and so can be run tile by
  // tile from there on.
  [[nodiscard]] bool can_run_in_tiles() const;
  // What operator() gives for one input of batch 1, to within rounding, with memory for tiles of side x side pixels of
  // the output instead of the whole (nn/tiles.h). Takes several times as long.
  [[nodiscard]] at::Tensor run_in_tiles(const at::Tensor& input, std::int64_t side) const;

  [[nodiscard]] at::Device device() const;
  [[nodiscard]] at::ScalarType dtype() const;
  // The shape of one parameter, by its name in the weights: what a caller needs to check its own numbers against the
  // network's.
  [[nodiscard]] std::vector<std::int64_t> shape_of(std::string_view parameter) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Names and shapes of the parameters that a graph wants, without any weights. Throws Error(bad_bundle) beginning with
// `where` if it is no graph (models/README.md). A graph is a program, and loading it may run it: only for graphs that
// are known or trusted.
[[nodiscard]] std::map<std::string, std::vector<std::int64_t>, std::less<>> parameters_of(std::string_view graph,
                                                                                          const std::string& where);

}  // namespace sfumato

// A network's graph: TorchScript, loaded and flattened. With network.cpp and tiles.cpp one of the files that know that
// networks are TorchScript; only nn/ includes this.
#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/trusted_graph.h"
#include "nn/runtime.h"

namespace sfumato {

using Tensors = std::map<std::string, at::Tensor, std::less<>>;

// Throws Error(bad_bundle) for a graph or its weights.
[[noreturn]] void refuse(const std::string& where, const std::string& what);

// Throws LibTorch's exceptions if the bytes are not a graph, Error(bad_bundle) if it has not the form of
// docs/bundle-format.md.
[[nodiscard]] torch::jit::Module load_graph(const TrustedGraph& graph);

// Parameters by their names in the weights, on the meta device: shapes without values.
[[nodiscard]] Tensors parameters_of(const torch::jit::Module& module);

// A network as one flat graph that needs no profiling or warm-up and may be rewritten. Its inputs are those of the
// network's forward(), then the parameters.
struct Program {
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<std::string> inputs;  // names of forward()'s
  std::vector<std::string> parameters;
};

[[nodiscard]] Program flatten(const torch::jit::Module& module, const Tensors& parameters, const Runtime& runtime);

}  // namespace sfumato

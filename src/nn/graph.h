// A network's graph: TorchScript, loaded and made flat. With network.cpp and tiles.cpp one of the files that know that
// networks are TorchScript; nothing outside model/ includes this.
#pragma once

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/runtime.h"

namespace sfumato {

using Tensors = std::map<std::string, at::Tensor, std::less<>>;

// Throws Error(bad_bundle) about a graph or its weights.
[[noreturn]] void refuse(const std::string& where, const std::string& what);

// Throws LibTorch's exceptions if the bytes are no graph, Error(bad_bundle) if it has not the form of models/README.md.
[[nodiscard]] torch::jit::Module load_graph(std::string_view graph, const std::string& where);

// By their names in the weights; on the meta device: shapes without values.
[[nodiscard]] Tensors parameters_of(const torch::jit::Module& module);

// The program as one flat graph: no profiling, no warm-up, and ours to rewrite. After its own inputs it takes the
// parameters named in `parameters`.
struct Program {
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<std::string> parameters;
};

[[nodiscard]] Program flatten(const torch::jit::Module& module, const Tensors& parameters, const Runtime& runtime);

}  // namespace sfumato

#include "nn/network.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/printable.h"
#include "nn/graph.h"
#include "nn/tiles.h"
#include "nn/torch_error.h"
#include "nn/weights.h"

namespace sfumato {
namespace {

Tensors read_weights(const Bundle& bundle, NetworkKind kind, const Runtime& runtime) {
  Tensors tensors;
  for (const Weight& weight : bundle.weights(kind)) {
    if (!tensors.emplace(weight.name, tensor_of(weight, bundle.config().weights_layout, runtime)).second) {
      refuse(weight.where, printable(weight.name) + " is in two files");
    }
  }
  return tensors;
}

void apply(const WeightPatch& patch, Tensors& tensors) {
  if (!patch) return;
  for (auto& [name, tensor] : tensors) tensor = patch(name, tensor);
}

// Checks that every parameter of the graph has a tensor of its shape, and that no tensor is left over.
void check_parameters(const Tensors& parameters, const Tensors& tensors, const std::string& where) {
  std::vector<std::string> missing;
  for (const auto& [name, parameter] : parameters) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      missing.push_back(name);
    } else if (found->second.sizes() != parameter.sizes()) {
      refuse(where, printable(name) + " has shape " + c10::str(found->second.sizes()) + ", the graph expects " +
                        c10::str(parameter.sizes()));
    }
  }
  if (!missing.empty()) {
    refuse(where,
           std::to_string(missing.size()) + " parameters are missing, the first is " + printable(missing.front()));
  }
  std::vector<std::string> foreign;
  for (const auto& [name, tensor] : tensors) {
    if (!parameters.contains(name)) foreign.push_back(name);
  }
  if (!foreign.empty()) {
    refuse(where, std::to_string(foreign.size()) + " tensors do not belong to this network, the first is " +
                      printable(foreign.front()));
  }
}

}  // namespace

struct Network::Impl {
  std::string name;  // for messages: the graph's file name
  Runtime runtime;
  std::vector<std::string> inputs;  // names
  Tensors tensors;
  std::vector<at::Tensor> weights;  // those the code takes after its inputs, in its order
  // Nodes of the code point to the functions they were inlined from; LibTorch follows them when an operator throws.
  std::shared_ptr<torch::jit::CompilationUnit> functions;
  torch::jit::Code code;
  std::optional<Tiles> tiles;
};

Network::Network(const Bundle& bundle, NetworkKind kind, const Runtime& runtime, const WeightPatch& patch)
    : impl_(std::make_unique<Impl>()) {
  const c10::InferenceMode inference;
  const std::string& name = bundle.config().network(kind).graph;
  const std::string where = bundle.path_of(name);
  impl_->name = name;
  impl_->runtime = runtime;
  try {
    // The graph first: it is small, and its weights are still being checked.
    const torch::jit::Module module = load_graph(bundle.graph(name));
    const Tensors parameters = parameters_of(module);
    const Program program = flatten(module, parameters, runtime);
    impl_->inputs = program.inputs;
    impl_->functions = module._ivalue()->compilation_unit();
    impl_->code = torch::jit::Code(program.graph, "forward");
    impl_->tiles = Tiles::of(program.graph);
    impl_->tensors = read_weights(bundle, kind, runtime);
    apply(patch, impl_->tensors);
    check_parameters(parameters, impl_->tensors, where);
    for (const std::string& parameter : program.parameters) impl_->weights.push_back(impl_->tensors.at(parameter));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) throw translated(where, error);
    refuse(where, reason_of(error));
  }
}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;

at::Tensor Network::only(std::vector<at::Tensor> outputs) const {
  if (outputs.size() != 1) refuse(impl_->name, "gives " + std::to_string(outputs.size()) + " tensors, 1 is expected");
  return std::move(outputs.front());
}

at::Tensor Network::operator()(const std::vector<at::Tensor>& inputs) const { return only(run(inputs)); }
at::Tensor Network::operator()(const NamedTensors& inputs) const { return only(run(inputs)); }

std::vector<at::Tensor> Network::run(const std::vector<at::Tensor>& inputs) const {
  if (inputs.size() != impl_->inputs.size()) {
    refuse(impl_->name,
           "takes " + std::to_string(impl_->inputs.size()) + " inputs, not " + std::to_string(inputs.size()));
  }
  torch::jit::Stack stack;
  for (const at::Tensor& input : inputs) stack.emplace_back(input.to(impl_->runtime.device));
  stack.insert(stack.end(), impl_->weights.begin(), impl_->weights.end());
  try {
    torch::jit::InterpreterState(impl_->code).run(stack);
  } catch (const std::exception& error) {
    throw translated(impl_->name, error);
  }
  std::vector<at::Tensor> outputs;
  const auto take = [&](const torch::jit::IValue& value) {
    if (!value.isTensor()) refuse(impl_->name, "gives values that are not tensors");
    outputs.push_back(value.toTensor());
  };
  for (const torch::jit::IValue& value : stack) {
    if (value.isTuple()) {
      for (const torch::jit::IValue& element : value.toTupleRef().elements()) take(element);
    } else {
      take(value);
    }
  }
  return outputs;
}

std::vector<at::Tensor> Network::run(const NamedTensors& inputs) const {
  std::vector<at::Tensor> ordered;
  for (const std::string& name : impl_->inputs) {
    const auto found = inputs.find(name);
    if (found == inputs.end()) refuse(impl_->name, "takes an input " + name + ", which is missing");
    ordered.push_back(found->second);
  }
  for (const auto& [name, tensor] : inputs) {
    if (std::ranges::find(impl_->inputs, name) == impl_->inputs.end()) {
      refuse(impl_->name, "takes no input " + name + "");
    }
  }
  return run(ordered);
}

void Network::check_inputs(std::vector<std::string> names) const {
  std::vector<std::string> taken = impl_->inputs;
  std::ranges::sort(taken);
  std::ranges::sort(names);
  if (taken == names) return;
  const auto list = [](const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + printable(word);
    return text;
  };
  refuse(impl_->name, "takes the inputs " + list(taken) + "; " + list(names) + " are expected");
}

bool Network::can_run_in_tiles() const { return impl_->tiles.has_value(); }

at::Tensor Network::run_in_tiles(const at::Tensor& input, std::int64_t side) const {
  std::vector<at::Tensor> inputs = {input.to(impl_->runtime.device)};
  inputs.insert(inputs.end(), impl_->weights.begin(), impl_->weights.end());
  try {
    return impl_->tiles.value().run(inputs, side);
  } catch (const std::exception& error) {
    throw translated(impl_->name, error);
  }
}

at::Device Network::device() const { return impl_->runtime.device; }
at::ScalarType Network::dtype() const { return impl_->runtime.dtype; }

std::vector<std::int64_t> Network::shape_of(std::string_view parameter) const {
  const auto found = impl_->tensors.find(parameter);
  if (found == impl_->tensors.end()) refuse(impl_->name, "has no parameter " + std::string(parameter));
  return found->second.sizes().vec();
}

std::map<std::string, std::vector<std::int64_t>, std::less<>> parameters_of(const TrustedGraph& graph) {
  std::map<std::string, std::vector<std::int64_t>, std::less<>> parameters;
  try {
    for (const auto& [name, parameter] : parameters_of(load_graph(graph))) {
      parameters.emplace(name, parameter.sizes().vec());
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    refuse(graph.where(), reason_of(error));
  }
  return parameters;
}

}  // namespace sfumato

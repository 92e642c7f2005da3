#include "nn/graph.h"

#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/lower_graph.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "nn/attention.h"
#include "sfumato/error.h"

namespace sfumato {
namespace {

constexpr std::string_view kRoot = "network";  // the one child of a traced graph (docs/bundle-format.md)

// A trace has the device and dtype of its export as constants: the CPU and float32. Casts to float32 stand for "to the
// dtype of the module", and the device of the timestep embedding's frequencies for "to the device of the input".
void retarget(const std::shared_ptr<torch::jit::Graph>& graph, const Runtime& runtime) {
  const auto replace = [&](torch::jit::Node* node, std::size_t input, const torch::jit::IValue& value) {
    const torch::jit::WithInsertPoint here(node);
    node->replaceInput(input, graph->insertConstant(value));
  };
  for (torch::jit::Node* node : graph->nodes()) {
    const bool is_cast = node->kind() == c10::Symbol::fromQualString("aten::to");
    for (std::size_t i = 0; i < node->inputs().size(); ++i) {
      const auto value = torch::jit::toIValue(node->input(i));
      if (!value) continue;
      if (value->isDevice()) replace(node, i, runtime.device);
      if (is_cast && i == 1 && value->isInt() && value->toInt() == static_cast<std::int64_t>(at::kFloat)) {
        replace(node, i, static_cast<std::int64_t>(runtime.dtype));
      }
    }
  }
}

// Replaces attention without a mask by our own.
void use_own_attention(const std::shared_ptr<torch::jit::Graph>& graph) {
  const auto kind = c10::Symbol::fromQualString("aten::scaled_dot_product_attention");
  std::vector<torch::jit::Node*> found;
  for (torch::jit::Node* node : graph->nodes()) {
    // (q, k, v, mask, dropout, is_causal, scale, enable_gqa)
    if (node->kind() != kind || node->inputs().size() != 8) continue;
    const auto mask = torch::jit::toIValue(node->input(3)), dropout = torch::jit::toIValue(node->input(4)),
               is_causal = torch::jit::toIValue(node->input(5)), scale = torch::jit::toIValue(node->input(6)),
               groups = torch::jit::toIValue(node->input(7));
    if (!mask || !mask->isNone() || !dropout || dropout->toDouble() != 0 || !is_causal || is_causal->toBool()) continue;
    if (!scale || !scale->isNone() || !groups || groups->toBool()) continue;
    found.push_back(node);
  }
  for (torch::jit::Node* node : found) {
    const torch::jit::WithInsertPoint here(node);
    torch::jit::Node* const own = graph->insertNode(graph->create(c10::Symbol::fromQualString("sfumato::attention"),
                                                                  {node->input(0), node->input(1), node->input(2)}));
    own->output()->setType(node->output()->type());
    node->output()->replaceAllUsesWith(own->output());
    node->destroy();
  }
}

}  // namespace

void refuse(const std::string& where, const std::string& what) {
  throw Error(ErrorKind::bad_bundle, where + ": " + what + ". Export the model again with scripts/export/bundle.py.");
}

torch::jit::Module load_graph(const TrustedGraph& graph) {
  std::istringstream program{graph.bytes()};
  torch::jit::Module module = torch::jit::load(program, at::kCPU);
  if (!module.hasattr(std::string(kRoot))) refuse(graph.where(), "the graph has no child \"network\"");
  return module;
}

Tensors parameters_of(const torch::jit::Module& module) {
  Tensors parameters;
  const torch::jit::Module network = module.attr(std::string(kRoot)).toModule();
  for (const auto& parameter : network.named_parameters(/*recurse=*/true)) {
    parameters.emplace(parameter.name, parameter.value);
  }
  return parameters;
}

Program flatten(const torch::jit::Module& module, const Tensors& parameters, const Runtime& runtime) {
  const torch::jit::Method method = module.get_method("forward");
  const std::shared_ptr<torch::jit::Graph> forward = method.graph()->copy();
  std::vector<std::string> inputs;
  for (const c10::Argument& argument : method.function().getSchema().arguments()) inputs.push_back(argument.name());
  inputs.erase(inputs.begin());  // self
  torch::jit::Inline(*forward);
  auto [graph, attributes] = torch::jit::LowerGraph(*forward, module._ivalue());
  std::map<const at::TensorImpl*, std::string> names;
  for (const auto& [name, parameter] : parameters) names.emplace(parameter.unsafeGetTensorImpl(), name);
  Program program{.graph = graph, .inputs = std::move(inputs), .parameters = {}};
  for (std::size_t i = 0, input = program.inputs.size(); i < attributes.size(); ++i) {
    const torch::jit::IValue& attribute = attributes[i];
    const auto name = attribute.isTensor() ? names.find(attribute.toTensor().unsafeGetTensorImpl()) : names.end();
    if (name != names.end()) {
      program.parameters.push_back(name->second);
      ++input;
      continue;
    }
    {
      const torch::jit::WithInsertPoint start(*graph->nodes().begin());
      graph->inputs().at(input)->replaceAllUsesWith(graph->insertConstant(attribute));
    }
    graph->eraseInput(input);
  }
  retarget(graph, runtime);  // before constants are folded
  torch::jit::ConstantPropagation(graph);
  torch::jit::EliminateDeadCode(graph);
  if (has_own_attention(runtime)) use_own_attention(graph);
  return program;
}

}  // namespace sfumato

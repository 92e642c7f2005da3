#include "nn/network.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/api/module.h>

#include <cstring>
#include <sstream>

#include "bundle/bundle_folder.h"
#include "bundle/safetensors_file.h"
#include "bundle/tiny_bundle.h"
#include "error_of.h"

namespace sfumato {
namespace {

// x @ weight + bias with a weight of [2, 3] and a bias of [3], as scripts/export/bundle.py writes graphs: one child,
// parameters without values.
std::string linear_graph(const std::string& child = "network") {
  const at::TensorOptions meta = at::TensorOptions(at::kMeta).dtype(at::kFloat);
  torch::jit::Module network("__torch__.Linear");
  network.register_parameter("weight", at::empty({2, 3}, meta), false);
  network.register_parameter("bias", at::empty({3}, meta), false);
  network.define("def forward(self, x):\n  return x @ self.weight + self.bias\n");
  torch::jit::Module root("__torch__.Root");
  root.register_module(child, network);
  root.define("def forward(self, x):\n  return self." + child + ".forward(x)\n");
  std::ostringstream file;
  root.save(file);
  return file.str();
}

const std::string kWeight = R"("weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]})";
const std::string kBias = R"("bias":{"dtype":"F32","shape":[3],"data_offsets":[24,36]})";

std::string numbers(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string linear_weights() {
  return safetensors_file("{" + kWeight + "," + kBias + "}", numbers({1, 2, 3, 4, 5, 6, 0.5, 0, -0.5}));
}

std::filesystem::path bundle_of(const std::string& graph, const std::string& weights) {
  return tiny_bundle({{"tokenizer.model", "pieces"}, {"graph.ts", graph}, {"weights.safetensors", weights}});
}

Network load(const Bundle& bundle, at::ScalarType dtype = at::kFloat) {
  return Network(bundle, NetworkKind::unet, {.device = at::kCPU, .dtype = dtype, .threads = 1});
}

std::string error_with(const std::string& graph, const std::string& weights) {
  const std::filesystem::path folder = bundle_of(graph, weights);
  const BundleFolder bundle(folder, Trust::all);
  return replaced(error_of([&] { (void)load(bundle); }) + "\n", folder.string() + "/", "");
}

const std::string kAdvice = ". Export the model again with scripts/export/bundle.py.\n";

TEST(Network, RunsTheGraphWithTheWeights) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  const Network network = load(bundle);
  const at::Tensor y = network({at::tensor({1.0F, 10.0F}).unsqueeze(0)});
  EXPECT_TRUE(y.equal(at::tensor({41.5F, 52.0F, 62.5F}).unsqueeze(0))) << y;
}

TEST(Network, ComputesInTheDtypeThatIsAskedFor) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  const Network network = load(bundle, at::kBFloat16);
  EXPECT_EQ(network.dtype(), at::kBFloat16);
  EXPECT_EQ(network({at::tensor({1.0F, 1.0F}).unsqueeze(0).to(at::kBFloat16)}).scalar_type(), at::kBFloat16);
}

TEST(Network, GivesEveryTensorOfAGraphWithSeveral) {
  torch::jit::Module network("__torch__.Pair");
  network.register_parameter("bias", at::empty({3}, at::TensorOptions(at::kMeta).dtype(at::kFloat)), false);
  network.define("def forward(self, x):\n  return x + self.bias, x * 2\n");
  torch::jit::Module root("__torch__.Root");
  root.register_module("network", network);
  root.define("def forward(self, x):\n  return self.network.forward(x)\n");
  std::ostringstream file;
  root.save(file);
  const BundleFolder bundle(
      bundle_of(file.str(),
                safetensors_file(R"({"bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})", numbers({1, 2, 3}))),
      Trust::all);
  const Network pair = load(bundle);
  const at::Tensor x = at::tensor({10.0F, 20.0F, 30.0F});
  const std::vector<at::Tensor> found = pair.run({x});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE(found[0].equal(at::tensor({11.0F, 22.0F, 33.0F})));
  EXPECT_TRUE(found[1].equal(at::tensor({20.0F, 40.0F, 60.0F})));
  EXPECT_EQ(error_of([&] { (void)pair({x}); }) + "\n",
            "bad_bundle: graph.ts: gives 2 tensors, 1 is expected" + kAdvice);
}

// y = the sum over channels of x * weight, weight [1, 2, 1, 3] for x [1, 2, 1, 3].
TEST(Network, ReadsWeightsThatAreStoredWithTheChannelsLast) {
  torch::jit::Module network("__torch__.Sum");
  network.register_parameter("weight", at::empty({1, 2, 1, 3}, at::TensorOptions(at::kMeta).dtype(at::kFloat)), false);
  network.define("def forward(self, x):\n  return (x * self.weight).sum(1)\n");
  torch::jit::Module root("__torch__.Root");
  root.register_module("network", network);
  root.define("def forward(self, x):\n  return self.network.forward(x)\n");
  std::ostringstream graph;
  root.save(graph);
  // [O, kh, kw, I]: the two channels of each pixel side by side.
  const std::string weights = safetensors_file(R"({"weight":{"dtype":"F32","shape":[1,2,1,3],"data_offsets":[0,24]}})",
                                               numbers({1, 10, 2, 20, 3, 30}));
  const Files files = {{"tokenizer.model", "pieces"}, {"graph.ts", graph.str()}, {"weights.safetensors", weights}};
  const std::string description = replaced(tiny_description(files), "\"conditioning_width\": 4",
                                           "\"conditioning_width\": 4, \"weights_layout\": \"channels_last\"");
  const BundleFolder bundle(tiny_bundle(files, description), Trust::all);
  const at::Tensor y = load(bundle)({at::tensor({1.0F, 1.0F, 1.0F, 2.0F, 2.0F, 2.0F}).reshape({1, 2, 1, 3})});
  EXPECT_TRUE(y.equal(at::tensor({21.0F, 42.0F, 63.0F}).reshape({1, 1, 3}))) << y;
}

TEST(Network, TakesItsInputsByName) {
  torch::jit::Module network("__torch__.Difference");
  network.register_parameter("bias", at::empty({3}, at::TensorOptions(at::kMeta).dtype(at::kFloat)), false);
  network.define("def forward(self, latents, pooled):\n  return latents - pooled + self.bias\n");
  torch::jit::Module root("__torch__.Root");
  root.register_module("network", network);
  root.define("def forward(self, latents, pooled):\n  return self.network.forward(latents, pooled)\n");
  std::ostringstream file;
  root.save(file);
  const BundleFolder bundle(
      bundle_of(file.str(),
                safetensors_file(R"({"bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})", numbers({1, 2, 3}))),
      Trust::all);
  const Network difference = load(bundle);
  const at::Tensor x = at::tensor({10.0F, 20.0F, 30.0F}), y = at::tensor({1.0F, 1.0F, 1.0F});
  EXPECT_TRUE(difference(NamedTensors{{"pooled", y}, {"latents", x}}).equal(at::tensor({10.0F, 21.0F, 32.0F})));
  EXPECT_EQ(error_of([&] { (void)difference(NamedTensors{{"latents", x}}); }) + "\n",
            "bad_bundle: graph.ts: takes an input pooled, which is missing" + kAdvice);
  EXPECT_EQ(error_of([&] { (void)difference(NamedTensors{{"latents", x}, {"pooled", y}, {"control", y}}); }) + "\n",
            "bad_bundle: graph.ts: takes no input control" + kAdvice);
}

TEST(Network, RunsWithPatchedWeights) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  const auto patched = [&](const WeightPatch& patch) {
    return Network(bundle, NetworkKind::unet, {.device = at::kCPU, .dtype = at::kFloat, .threads = 1}, patch);
  };
  const at::Tensor x = at::tensor({1.0F, 10.0F}).unsqueeze(0);
  std::vector<std::string> names;
  const Network doubled = patched([&](const std::string& name, const at::Tensor& tensor) {
    names.push_back(name);
    return name == "weight" ? tensor * 2 : tensor;
  });
  EXPECT_EQ(names, (std::vector<std::string>{"bias", "weight"}));
  EXPECT_TRUE(doubled({x}).equal(at::tensor({82.5F, 104.0F, 125.5F}).unsqueeze(0))) << doubled({x});
  EXPECT_TRUE(load(bundle)({x}).equal(at::tensor({41.5F, 52.0F, 62.5F}).unsqueeze(0))) << "the file is as it was";
  EXPECT_EQ(
      error_of([&] { (void)patched([](const std::string&, const at::Tensor& tensor) { return tensor.t(); }); }) + "\n",
      replaced("bad_bundle: PATH: weight has shape [3, 2], the graph expects [2, 3]" + kAdvice, "PATH",
               bundle.path_of("graph.ts")));
}

TEST(Network, TellsTheShapeOfAParameter) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  EXPECT_EQ(load(bundle).shape_of("weight"), (std::vector<std::int64_t>{2, 3}));
}

TEST(Network, RefusesAGraphThatIsAnotherOne) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  const Network network = load(bundle);
  const at::Tensor x = at::tensor({1.0F, 10.0F}).unsqueeze(0);
  EXPECT_EQ(error_of([&] { (void)network(std::vector<at::Tensor>{x, x}); }) + "\n",
            "bad_bundle: graph.ts: takes 1 inputs, not 2" + kAdvice);
  EXPECT_EQ(error_of([&] { (void)network.shape_of("scale"); }) + "\n",
            "bad_bundle: graph.ts: has no parameter scale" + kAdvice);
}

TEST(Network, NamesAParameterThatIsMissing) {
  const std::string weights = safetensors_file("{" + kWeight + "}", std::string(24, '\0'));
  EXPECT_EQ(error_with(linear_graph(), weights),
            "bad_bundle: graph.ts: 1 parameters are missing, the first is bias" + kAdvice);
}

TEST(Network, NamesATensorThatIsLeftOver) {
  const std::string extra = R"("scale":{"dtype":"F32","shape":[],"data_offsets":[36,40]})";
  const std::string weights = safetensors_file("{" + kWeight + "," + kBias + "," + extra + "}", std::string(40, '\0'));
  EXPECT_EQ(error_with(linear_graph(), weights),
            "bad_bundle: graph.ts: 1 tensors do not belong to this network, the first is scale" + kAdvice);
}

TEST(Network, NamesBothShapesOfATensorThatDoesNotFit) {
  const std::string turned = R"("weight":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]})";
  const std::string weights = safetensors_file("{" + turned + "," + kBias + "}", std::string(36, '\0'));
  EXPECT_EQ(error_with(linear_graph(), weights),
            "bad_bundle: graph.ts: weight has shape [3, 2], the graph expects [2, 3]" + kAdvice);
}

TEST(Network, RefusesIntegersAsWeights) {
  const std::string integers = R"("weight":{"dtype":"I32","shape":[2,3],"data_offsets":[0,24]})";
  const std::string weights = safetensors_file("{" + integers + "," + kBias + "}", std::string(36, '\0'));
  EXPECT_EQ(error_with(linear_graph(), weights),
            "bad_bundle: weights.safetensors: weight is not stored as F32, F16 or BF16" + kAdvice);
}

TEST(Network, RefusesATensorThatIsInTwoFiles) {
  const Files files = {{"tokenizer.model", "pieces"},
                       {"graph.ts", linear_graph()},
                       {"more.safetensors", linear_weights()},
                       {"weights.safetensors", linear_weights()}};
  const std::string two = R"(["weights.safetensors", "more.safetensors"])";
  const std::filesystem::path folder =
      tiny_bundle(files, replaced(tiny_description(files), R"(["weights.safetensors"])", two));
  const BundleFolder bundle(folder, Trust::all);
  const std::string error = error_of([&] { (void)load(bundle); }) + "\n";
  EXPECT_EQ(error, "bad_bundle: " + (folder / "more.safetensors").string() + ": weight is in two files" + kAdvice);
}

TEST(Network, RefusesAGraphWithoutTheChildNetwork) {
  EXPECT_EQ(error_with(linear_graph("model"), linear_weights()),
            "bad_bundle: graph.ts: the graph has no child \"network\"" + kAdvice);
}

TEST(Network, RefusesAFileThatIsNoGraphInOneLine) {
  const std::string error = error_with("not a zip file", linear_weights());
  EXPECT_TRUE(error.starts_with("bad_bundle: graph.ts: ")) << error;
  EXPECT_TRUE(error.ends_with(kAdvice)) << error;
  EXPECT_EQ(error.find('\n'), error.size() - 1) << error;
  EXPECT_EQ(error.find("frame #"), std::string::npos) << error;
}

TEST(Network, RefusesEveryKindOfDamagedWeights) {
  EXPECT_TRUE(error_with(linear_graph(), "").starts_with("bad_bundle: weights.safetensors: only 0 bytes"));
  EXPECT_TRUE(
      error_with(linear_graph(), linear_weights().substr(0, 108)).starts_with("bad_bundle: weights.safetensors: "));
}

TEST(Network, SaysInOneLineThatItsInputDoesNotFit) {
  const BundleFolder bundle(bundle_of(linear_graph(), linear_weights()), Trust::all);
  const Network network = load(bundle);
  const std::string error = error_of([&] { (void)network({at::tensor({1.0F, 2.0F, 3.0F}).unsqueeze(0)}); });
  EXPECT_TRUE(error.starts_with("internal: graph.ts: ")) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(Network, TellsWhatAGraphWantsWithoutWeights) {
  const auto parameters = parameters_of(TrustedGraph(linear_graph(), Trust::checked, "graph.ts"));
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters.at("weight"), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(parameters.at("bias"), std::vector<std::int64_t>{3});
  EXPECT_EQ(error_of([] { (void)parameters_of(TrustedGraph(linear_graph("other"), Trust::checked, "graph.ts")); }),
            "bad_bundle: graph.ts: the graph has no child \"network\". Export the model again with "
            "scripts/export/bundle.py.");
}

}  // namespace
}  // namespace sfumato

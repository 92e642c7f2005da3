// The last part of a network, run tile by tile: a VAE's decoder needs most of its memory at the full size of the image,
// where it only convolves, normalises and upsamples.
//
// A tile has a margin as wide as the convolutions reach, so its inside is that of the whole. Only group norm depends on
// the whole image. Its mean and variance are therefore computed first: for each group norm all tiles run up to it, with
// the statistics of earlier ones known. This takes several times as long as the whole at once, and leaves no seams:
// nothing is blended or estimated.
#pragma once

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sfumato {

class Tiles {
 public:
  // nullopt unless the graph ends in at least one section: an upsampling and the nodes up to the next one, all of them
  // local except group norm, with one tensor as input.
  [[nodiscard]] static std::optional<Tiles> of(const std::shared_ptr<torch::jit::Graph>& graph);

  // inputs: all of the graph's, batch 1. side: of a tile, in pixels of its section's output.
  [[nodiscard]] at::Tensor run(const std::vector<at::Tensor>& inputs, std::int64_t side) const;

 private:
  // Half-open ranges of nodes_.
  struct Section {
    std::size_t begin = 0;  // the upsampling
    std::size_t end = 0;
    torch::jit::Value* input = nullptr;
    torch::jit::Value* output = nullptr;
  };
  struct Moments {  // of a group norm, [C] float32 each
    at::Tensor mean;
    at::Tensor variance;
  };
  using Values = std::map<const torch::jit::Value*, torch::jit::IValue>;
  using Known = std::map<const torch::jit::Node*, Moments>;
  struct Grid;

  explicit Tiles(std::shared_ptr<torch::jit::Graph> graph);
  [[nodiscard]] bool find_sections();
  void run_nodes(std::size_t begin, std::size_t end, const torch::jit::Value* result, Values& values,
                 const Known& known) const;
  [[nodiscard]] std::int64_t reach(const Section& section, const Values& parameters) const;
  [[nodiscard]] at::Tensor run_tile(const Section& section, std::size_t end, const torch::jit::Value* result,
                                    const at::Tensor& input, const Values& parameters, const Known& known) const;
  [[nodiscard]] Moments moments(const Section& section, std::size_t norm, const at::Tensor& whole, const Grid& grid,
                                const Values& parameters, const Known& known) const;
  [[nodiscard]] at::Tensor run_section(const Section& section, const at::Tensor& whole, std::int64_t side,
                                       const Values& parameters) const;

  std::shared_ptr<torch::jit::Graph> graph_;
  std::vector<torch::jit::Node*> nodes_;
  std::map<const torch::jit::Value*, std::size_t> last_use_;  // index of the node
  std::vector<Section> sections_;
};

}  // namespace sfumato

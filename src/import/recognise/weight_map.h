// The tensor of a checkpoint for each parameter of each network. Every tensor and every parameter is accounted for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "import/recognise/classify_tensors.h"

namespace sfumato {

using Shape = std::vector<std::int64_t>;

// Names and shapes of a network's parameters, by its graph.
using Parameters = std::map<std::string, Shape, std::less<>>;

struct MappedTensor {
  std::string name;  // of the parameter
  Shape shape;       // of the parameter
  const WeightFile* file = nullptr;
  const StoredTensor* tensor = nullptr;
  Piece piece = Piece::whole;
  float scale = 1;       // its numbers are to be multiplied by this
  bool is_made = false;  // the tensor lies in memory, not in the file
};

struct MappedNetwork {
  NetworkKind kind = NetworkKind::unet;
  std::vector<MappedTensor> tensors;  // in the order of their data in the files
};

struct WeightMap {
  std::vector<MappedNetwork> networks;
  std::size_t used = 0;                       // tensors of the checkpoint
  std::map<std::string, std::size_t> unused;  // tensors of the checkpoint, by group
};

// Shapes match if they are equal without trailing ones: LDM stores some linear layers as convolutions of 1x1.
// Throws Error(bad_data) beginning with `where`, with the counts and the first name, if a parameter has no tensor, if a
// shape does not match, if a tensor's dtype is not of weights, if two tensors go to one parameter, or if the U-Net or
// the autoencoder has tensors without a parameter: that is another architecture, which draws another image. Text
// encoders may have more layers than are used.
[[nodiscard]] WeightMap map_weights(const std::vector<ClassifiedTensor>& tensors,
                                    const std::map<NetworkKind, Parameters>& networks, const std::string& where);

// "[320, 4, 3, 3]"
[[nodiscard]] std::string to_text(const Shape& shape);

}  // namespace sfumato

// Which tensor of a checkpoint becomes which parameter of which network. Every one of both sides is accounted for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "import/recognise/labels.h"

namespace sfumato {

using Shape = std::vector<std::int64_t>;

// Names and shapes of a network's parameters, as its graph has them.
using Parameters = std::map<std::string, Shape, std::less<>>;

struct MappedTensor {
  std::string name;  // of the parameter
  Shape shape;       // of the parameter
  const WeightFile* file = nullptr;
  const StoredTensor* tensor = nullptr;
  Piece piece = Piece::whole;
};

struct MappedNetwork {
  NetworkKind kind = NetworkKind::unet;
  std::vector<MappedTensor> tensors;  // in the order in which their data lie in their files
};

struct WeightMap {
  std::vector<MappedNetwork> networks;
  std::size_t used = 0;                       // tensors of the source
  std::map<std::string, std::size_t> unused;  // tensors of the source, by group
};

// Shapes fit if they are equal but for ones at the end: LDM writes some linear layers as convolutions of 1x1.
// Throws Error(bad_data) beginning with `where`, with the counts and the first name, if a parameter has no tensor, if a
// shape does not fit, if two tensors want one place, or if the source's U-Net or autoencoder has tensors that the
// network has not: then it is another architecture, and would draw another picture. Text encoders may have more layers
// than are used.
[[nodiscard]] WeightMap map_weights(const std::vector<ClassifiedTensor>& source,
                                    const std::map<NetworkKind, Parameters>& networks, const std::string& where);

// "[320, 4, 3, 3]"
[[nodiscard]] std::string to_text(const Shape& shape);

}  // namespace sfumato

// Where a tensor of a checkpoint goes: a network, diffusers' name of the parameter, and the piece that is cut out for
// it.
#pragma once

#include <string>

#include "bundle/network_kind.h"

namespace sfumato {

// OpenCLIP stores the projections to query, key and value as one matrix, and its text projection transposed.
enum class Piece { whole, first_third, second_third, last_third, transposed };

struct ParameterSlot {
  NetworkKind network = NetworkKind::unet;
  std::string name;
  Piece piece = Piece::whole;

  bool operator==(const ParameterSlot&) const = default;
};

}  // namespace sfumato

// Where a tensor of a checkpoint goes: a network, diffusers' name of the parameter, and the piece that is cut out for
// it.
#pragma once

#include <string>

#include "bundle/network_kind.h"
#include "bundle/weight.h"

namespace sfumato {

struct ParameterSlot {
  NetworkKind network = NetworkKind::unet;
  std::string name;
  Piece piece = Piece::whole;

  bool operator==(const ParameterSlot&) const = default;
};

}  // namespace sfumato

// Where a tensor of a checkpoint goes: to which network, under which of diffusers' names, and how it is cut for it.
#pragma once

#include <string>

#include "bundle/family.h"

namespace sfumato {

// OpenCLIP stores the projections to query, key and value as one matrix, and its text projection the other way round.
enum class Piece { whole, first_third, second_third, last_third, transposed };

struct ParameterSlot {
  NetworkKind network = NetworkKind::unet;
  std::string name;
  Piece piece = Piece::whole;

  bool operator==(const ParameterSlot&) const = default;
};

}  // namespace sfumato

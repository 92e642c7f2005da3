// A parameter of a network as it lies in a file: in a bundle a tensor, in a checkpoint possibly a piece of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "bundle/model_config.h"
#include "bundle/stored_dtype.h"

namespace sfumato {

// OpenCLIP stores the projections to query, key and value as one matrix, and its text projection transposed.
enum class Piece { whole, first_third, second_third, last_third, transposed };

struct Weight {
  std::string name;                 // of the parameter
  std::vector<std::int64_t> shape;  // of the parameter
  StoredDtype dtype = StoredDtype::f32;
  std::span<const std::byte> bytes;  // of the stored tensor, of which the parameter is the piece
  Piece piece = Piece::whole;
  float scale = 1;  // its numbers are to be multiplied by this in float32
  WeightsLayout layout = WeightsLayout::contiguous;
  std::string where;                 // the file's path in messages
  const MappedFile* file = nullptr;  // that the bytes are mapped from; nullptr: they lie in memory
};

// The numbers of a stored tensor that a piece of it begins with, and their count. `all`: of the stored tensor.
struct NumberRange {
  std::size_t first = 0;
  std::size_t count = 0;
};
[[nodiscard]] constexpr NumberRange range_of(Piece piece, std::size_t all) {
  const std::size_t third = all / 3;
  switch (piece) {
    case Piece::first_third:
      return {.first = 0, .count = third};
    case Piece::second_third:
      return {.first = third, .count = third};
    case Piece::last_third:
      return {.first = 2 * third, .count = third};
    default:
      return {.first = 0, .count = all};
  }
}

}  // namespace sfumato

#include "import/recognise/weight_map.h"

#include <algorithm>

#include "base/bad_data.h"
#include "base/printable.h"
#include "numbers/convert.h"

namespace sfumato {
namespace {

Shape without_trailing_ones(Shape shape) {
  while (!shape.empty() && shape.back() == 1) shape.pop_back();
  return shape;
}

// The shape of a piece of a tensor; empty if the tensor cannot be cut that way.
Shape cut(const Shape& shape, Piece piece) {
  switch (piece) {
    case Piece::whole:
      return shape;
    case Piece::transposed:
      return shape.size() == 2 ? Shape{shape[1], shape[0]} : Shape{};
    case Piece::first_third:
    case Piece::second_third:
    case Piece::last_third: {
      if (shape.empty() || shape[0] % 3 != 0) return {};
      Shape third = shape;
      third[0] /= 3;
      return third;
    }
  }
  return {};
}

bool may_have_more_layers(NetworkKind kind) {
  return kind == NetworkKind::text_encoder || kind == NetworkKind::text_encoder_2;
}

void check_shape(const MappedTensor& mapped, const std::string& network) {
  const Shape given = cut(mapped.tensor->shape, mapped.piece);
  if (without_trailing_ones(given) == without_trailing_ones(mapped.shape)) return;
  const std::string as = mapped.piece == Piece::whole ? "" : ", cut to " + to_text(given);
  throw_bad_data(mapped.file->where, printable(mapped.tensor->name) + " has shape " + to_text(mapped.tensor->shape) +
                                         as + ", the " + network + " expects " + to_text(mapped.shape) + " for " +
                                         mapped.name + ". It is of another architecture");
}

void check_dtype(const MappedTensor& mapped) {
  if (is_real(mapped.tensor->dtype)) return;
  throw_bad_data(mapped.file->where, printable(mapped.tensor->name) + " is stored as " +
                                         std::string(name_of(mapped.tensor->dtype)) +
                                         "; weights are F16, BF16, F32, F64, F8_E4M3, F8_E5M2 or blocks of GGUF. Take "
                                         "the same model in one of these dtypes");
}

// Throws with the count and the first of the missing parameters.
void check_complete(const Parameters& parameters, const std::map<std::string_view, MappedTensor>& found,
                    const std::string& network, const std::string& where) {
  std::string first;
  std::size_t missing = 0;
  for (const auto& [name, shape] : parameters) {
    if (found.contains(name)) continue;
    if (missing++ == 0) first = name;
  }
  if (missing == 0) return;
  const std::string all = std::to_string(parameters.size());
  if (missing == parameters.size()) {
    const bool vae = network.starts_with("vae");
    throw_bad_data(where, "has no " + network + ": 0 of its " + all + " tensors are there. " +
                              (vae ? "Give an autoencoder with `vae`" : "Give a whole checkpoint"));
  }
  throw_bad_data(where, "the " + network + " lacks " + std::to_string(missing) + " of its " + all +
                            " tensors; the first is " + first + ". The file is of another architecture, or was cut");
}

// Tensors without a parameter.
struct Unmapped {
  std::size_t count = 0;
  std::string first;
};

}  // namespace

std::string to_text(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + "]";
}

WeightMap map_weights(const std::vector<ClassifiedTensor>& tensors, const std::map<NetworkKind, Parameters>& networks,
                      const std::string& where) {
  WeightMap result;
  std::map<NetworkKind, std::map<std::string_view, MappedTensor>> found;
  std::map<NetworkKind, Unmapped> unmapped;
  for (const ClassifiedTensor& entry : tensors) {
    bool used = false;
    for (const ParameterSlot& slot : entry.slots) {
      const auto network = networks.find(slot.network);
      if (network == networks.end()) continue;
      const auto parameter = network->second.find(slot.name);
      if (parameter == network->second.end()) continue;
      const auto [mapped, is_new] =
          found[slot.network].emplace(parameter->first, MappedTensor{.name = parameter->first,
                                                                     .shape = parameter->second,
                                                                     .file = entry.file,
                                                                     .tensor = entry.tensor,
                                                                     .piece = slot.piece,
                                                                     .scale = entry.scale,
                                                                     .is_made = entry.is_made});
      if (!is_new) {
        throw_bad_data(entry.file->where, printable(entry.tensor->name) + " and " +
                                              printable(mapped->second.tensor->name) + " are both " + slot.name +
                                              " of the " + std::string(name_of(slot.network)));
      }
      check_dtype(mapped->second);
      check_shape(mapped->second, std::string(name_of(slot.network)));
      used = true;
    }
    if (used) {
      ++result.used;
    } else if (entry.slots.empty()) {
      ++result.unused[entry.unused_as];
    } else if (const NetworkKind kind = entry.slots.front().network; may_have_more_layers(kind)) {
      ++result.unused["parts of the " + std::string(name_of(kind)) + " after its last layer that is used"];
    } else if (unmapped[kind].count++ == 0) {
      unmapped[kind].first = printable(entry.tensor->name);
    }
  }
  for (const auto& [kind, parameters] : networks) {
    check_complete(parameters, found[kind], std::string(name_of(kind)), where);
    MappedNetwork network{.kind = kind, .tensors = {}};
    for (auto& [name, mapped] : found[kind]) network.tensors.push_back(std::move(mapped));
    std::ranges::stable_sort(network.tensors, [](const MappedTensor& a, const MappedTensor& b) {
      return a.file != b.file ? a.file < b.file : a.tensor->bytes.data() < b.tensor->bytes.data();
    });
    result.networks.push_back(std::move(network));
  }
  for (const auto& [kind, extra] : unmapped) {
    throw_bad_data(where, "the " + std::string(name_of(kind)) + " has " + std::to_string(extra.count) +
                              " tensors that this family lacks; the first is " + extra.first +
                              ". It is of another architecture");
  }
  return result;
}

}  // namespace sfumato
